import { expect, test } from '@jest/globals';
import { preferredLanguage } from '../../../../lambdas/http/preferred-language.ts';

test.each([
  [[], 'en'],
  [[''], 'en'],
  [['*'], 'en'],
  [['de'], 'de'],
  [['de-AT'], 'de'],
  [['DE-de'], 'de'],
  [['de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7'], 'de'],
  [['en-GB,en;q=0.9,de;q=0.8'], 'en'],
  [['fr,de;q=0.5,en;q=0.4'], 'de'],
  [['fr;q=1, *;q=0.1'], 'en'],
  [['en;q=0, *'], 'de'],
  [['fr'], 'en'],
  [['fr', 'de;q=0.5'], 'de'],
  [['de;q=0'], 'en'],
  [[';;;,=q'], 'en'],
])('Accept-Language %j is answered in %s', (values, language) => {
  expect(preferredLanguage(values)).toBe(language);
});
