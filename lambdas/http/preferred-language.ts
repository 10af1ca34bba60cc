import preferredLanguages from 'negotiator/lib/language.js';
import { LANGUAGES, type Language } from '../../core/messages/registry.ts';

/** The language that the values of an Accept-Language header prefer; the first of ours where they want none of them. */
export function preferredLanguage(acceptLanguage: readonly string[]): Language {
  const value = acceptLanguage.join(',');
  const [preferred] = preferredLanguages(value, LANGUAGES);
  return LANGUAGES.find((language) => language === preferred) ?? LANGUAGES[0];
}
