import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { pageAssetModules } from '../../../scripts/page-assets.ts';

test.each([...pageAssetModules()])(
  '%s holds what its sources make; if not: npx node scripts/page-assets.ts',
  (file, text) => {
    expect(readFileSync(path.resolve(import.meta.dirname, '../../..', file), 'utf8')).toBe(text);
  },
);
