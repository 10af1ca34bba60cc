import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from 'esbuild';

const PROJECT = path.resolve(import.meta.dirname, '..');

/** A script or style of a page: its file, and what stands for `goOn()` in it where the file leaves that open. */
type Asset = string | { readonly file: string; readonly goOn: string };

const REFUSAL_SCRIPT = 'core/gate/refusal-page.client.ts';

const MODULES: Readonly<Record<string, Readonly<Record<string, Asset>>>> = {
  'core/gate/refusal-page-assets.ts': {
    /** Loads the page anew: only for a page that was asked for with GET, and whose loading changes nothing. */
    COME_BACK: { file: REFUSAL_SCRIPT, goOn: 'location.reload()' },
    /** Says that the service is available, and leaves it to the visitor to go on: nothing is ever sent twice. */
    SAY_SO: {
      file: REFUSAL_SCRIPT,
      goOn: '(o=>o.textContent=o.dataset.text)(document.querySelector("#o"))',
    },
    STYLE: 'core/gate/refusal-page.client.css',
  },
  'core/status/maintenance-page-assets.ts': {
    SCRIPT: 'core/status/maintenance-page.client.ts',
    STYLE: 'core/status/maintenance-page.client.css',
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

function moduleOf(assets: Readonly<Record<string, Asset>>): string {
  const files = [...new Set(Object.values(assets).map((asset) => path.basename(fileOf(asset))))];
  const halves = new Set<string>();
  const constants = Object.entries(assets).map(([name, asset]) => {
    const text = minified(fileOf(asset));
    if (typeof asset === 'string') return constant(name, text, quoted(text));
    const [before = '', after, ...more] = text.split('goOn()');
    if (after === undefined || more.length > 0) throw new Error(`${asset.file} has to call goOn() once.`);
    halves.add(`const BEFORE =\n  ${quoted(before)};\nconst AFTER = ${quoted(after)};\n`);
    return constant(name, before + asset.goOn + after, `\`\${BEFORE}${asset.goOn}\${AFTER}\``);
  });
  return [`// Made of ${files.join(' and ')} by scripts/page-assets.ts.\n`, ...halves, ...constants].join(
    '\n',
  );
}

const fileOf = (asset: Asset): string => (typeof asset === 'string' ? asset : asset.file);

/** @param expression what stands for the text in the module */
function constant(name: string, text: string, expression: string): string {
  const digest = createHash('sha256').update(text).digest('base64');
  return `export const ${name} = {\n  text: ${expression},\n  source: "'sha256-${digest}'",\n};\n`;
}

function minified(file: string): string {
  const { code } = transformSync(readFileSync(path.join(PROJECT, file), 'utf8'), {
    loader: file.endsWith('.css') ? 'css' : 'ts',
    format: 'esm',
    target: 'es2022',
    minify: true,
  });
  return code.trim();
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n')}'`;
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of pageAssetModules()) writeFileSync(path.join(PROJECT, file), text);
}
