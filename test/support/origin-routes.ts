import { readFileSync } from 'node:fs';

interface OriginRoute {
  readonly method: string;
  /** A path template. */
  readonly path: string;
  /** What it does, as far as maintenance cares. */
  readonly type: string;
}

/** The routes of the sample application, as its owner lists them. */
export const ORIGIN_ROUTES: readonly OriginRoute[] = JSON.parse(
  readFileSync(new URL('./origin-routes.json', import.meta.url), 'utf8'),
);

/** @example samplePath('/images/{filename+}') // '/images/a/b' */
export function samplePath(template: string): string {
  return template.replace(/\{\w+\+\}/g, 'a/b').replace(/\{\w+\}/g, '42');
}
