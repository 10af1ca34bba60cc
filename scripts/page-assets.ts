import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from 'esbuild';

const PROJECT = path.resolve(import.meta.dirname, '..');

/** By name: a script or style of a page, and what it is built of. */
type Assets = Readonly<Record<string, { readonly source: string; readonly define?: Record<string, string> }>>;

const MODULES: Readonly<Record<string, Assets>> = {
  'core/gate/refusal-page-assets.ts': {
    COME_BACK: { source: 'core/gate/refusal-page.client.ts', define: { COMES_BACK: 'true' } },
    SAY_SO: { source: 'core/gate/refusal-page.client.ts', define: { COMES_BACK: 'false' } },
    STYLE: { source: 'core/gate/refusal-page.client.css' },
  },
  'core/status/maintenance-page-assets.ts': {
    SCRIPT: { source: 'core/status/maintenance-page.client.ts' },
    STYLE: { source: 'core/status/maintenance-page.client.css' },
  },
};

/**
 * The modules that hold the pages' scripts and styles as they are sent, by their files: minified, and each with the
 * source expression by which a Content-Security-Policy lets it run. They are kept in the repository, so that whatever
 * runs the sources sends the same text as the bundles do; a test tells when one is out of date.
 * `npx node scripts/page-assets.ts` writes them.
 */
export function pageAssetModules(): ReadonlyMap<string, string> {
  return new Map(Object.entries(MODULES).map(([file, assets]) => [file, moduleOf(assets)]));
}

function moduleOf(assets: Assets): string {
  const sources = [...new Set(Object.values(assets).map(({ source }) => path.basename(source)))];
  const constants = Object.entries(assets).map(([name, { source, define = {} }]) => {
    const text = minified(source, define);
    const digest = createHash('sha256').update(text).digest('base64');
    return `\nexport const ${name} = {\n  text: ${quoted(text)},\n  source: "'sha256-${digest}'",\n};\n`;
  });
  return `// Made of ${sources.join(' and ')} by scripts/page-assets.ts.\n${constants.join('')}`;
}

function minified(file: string, define: Record<string, string>): string {
  const { code } = transformSync(readFileSync(path.join(PROJECT, file), 'utf8'), {
    loader: file.endsWith('.css') ? 'css' : 'ts',
    format: 'esm',
    target: 'es2022',
    minify: true,
    define,
  });
  return code.trim();
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`;
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of pageAssetModules()) writeFileSync(path.join(PROJECT, file), text);
}
