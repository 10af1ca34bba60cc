import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Stack } from './stack.ts';

/** The path that the files are served under; on AWS they have a host of their own. */
const SITE_PATH = '/console';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** What CloudFront compresses, of the types above. */
const COMPRESSED = new Set(['.html', '.js', '.css', '.svg']);

/** What `Custom::CDKBucketDeployment` puts into a bucket. */
interface Deployment {
  readonly SourceObjectKeys: readonly string[];
  readonly Include?: readonly string[];
  readonly Exclude?: readonly string[];
  readonly SystemMetadata?: Readonly<Record<string, string>>;
}

interface File {
  readonly type: string;
  readonly cacheControl: string | undefined;
  readonly content: Buffer;
  /** Absent where it is not worth it. */
  readonly compressed?: Buffer;
}

/**
 * The files of a stack with CloudFront in front of a bucket: those that its deployment puts there, with the headers of
 * its response headers policy. Of the stack, only these two kinds of resource are looked at.
 */
export class StaticSite {
  readonly #stack: Stack;
  readonly #folderOf: (key: unknown) => string | undefined;
  readonly #files = new Map<string, File | null>();
  #headers: Readonly<Record<string, string>> | undefined;

  /** @param folderOf the folder that becomes an object of the bucket of assets */
  constructor(stack: Stack, folderOf: (key: unknown) => string | undefined) {
    this.#stack = stack;
    this.#folderOf = folderOf;
  }

  /** Answers a request to a path of the site; undefined if it is to another. */
  serve(request: IncomingMessage, response: ServerResponse): true | undefined {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === SITE_PATH) {
      response.writeHead(301, { Location: `${SITE_PATH}/${search}`, 'Content-Length': 0 }).end();
      return true;
    }
    if (!pathname.startsWith(`${SITE_PATH}/`)) return undefined;
    this.#headers ??= policyHeaders(this.#stack);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Length': 0 }).end();
      return true;
    }
    const key = pathname.slice(SITE_PATH.length + 1) || 'index.html';
    const file = this.#file(key);
    if (file === null) {
      response.writeHead(404, { ...this.#headers, 'Content-Length': 0 }).end();
      return true;
    }
    const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
      ? file.compressed
      : undefined;
    response.writeHead(200, {
      ...this.#headers,
      'Content-Type': file.type,
      ...(file.cacheControl === undefined ? {} : { 'Cache-Control': file.cacheControl }),
      ...(file.compressed ? { Vary: 'Accept-Encoding' } : {}),
      ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
      'Content-Length': (gzip ?? file.content).length,
    });
    response.end(request.method === 'HEAD' ? undefined : (gzip ?? file.content));
    return true;
  }

  #file(key: string): File | null {
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const file = this.#read(key);
    this.#files.set(key, file);
    return file;
  }

  #read(key: string): File | null {
    // Keys of assets are letters, digits and a few signs: nothing that leads out of the folder.
    if (!/^[\w-]+(?:\/[\w-]+)*(?:\.[\w-]+)+$/.test(key)) return null;
    for (const resource of this.#stack.resources('Custom::CDKBucketDeployment')) {
      const deployment = this.#stack.properties(resource) as unknown as Deployment;
      if (!takes(deployment, key)) continue;
      for (const source of deployment.SourceObjectKeys) {
        const content = contentOf(path.join(this.#folderOf(source) ?? '', key));
        if (content === null) continue;
        const extension = path.extname(key);
        return {
          content,
          type: TYPES[extension] ?? 'application/octet-stream',
          cacheControl: deployment.SystemMetadata?.['cache-control'],
          ...(COMPRESSED.has(extension) && content.length > 1000 ? { compressed: gzipSync(content) } : {}),
        };
      }
    }
    return null;
  }
}

/** As `aws s3 sync` has it: what is excluded, unless it is included after all. */
function takes({ Include = [], Exclude = [] }: Deployment, key: string): boolean {
  const matches = (pattern: string) => path.posix.matchesGlob(key, pattern.replaceAll('*', '**'));
  return Include.some(matches) || !Exclude.some(matches);
}

function contentOf(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

/** Source: AWS::CloudFront::ResponseHeadersPolicy of the CloudFormation guide. */
function policyHeaders(stack: Stack): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const resource of stack.resources('AWS::CloudFront::ResponseHeadersPolicy')) {
    const { SecurityHeadersConfig: security = {}, CustomHeadersConfig: custom } = stack.property(
      resource,
      'ResponseHeadersPolicyConfig',
    ) as PolicyConfig;
    const { ContentSecurityPolicy: content, StrictTransportSecurity: transport } = security;
    Object.assign(headers, {
      ...(content && { 'Content-Security-Policy': content.ContentSecurityPolicy }),
      ...(security.ContentTypeOptions && { 'X-Content-Type-Options': 'nosniff' }),
      ...(security.FrameOptions && { 'X-Frame-Options': security.FrameOptions.FrameOption }),
      ...(security.ReferrerPolicy && { 'Referrer-Policy': security.ReferrerPolicy.ReferrerPolicy }),
      ...(transport && {
        'Strict-Transport-Security': `max-age=${transport.AccessControlMaxAgeSec}${transport.IncludeSubdomains === true ? '; includeSubDomains' : ''}`,
      }),
      ...Object.fromEntries((custom?.Items ?? []).map(({ Header, Value }) => [Header, Value])),
    });
  }
  return headers;
}

interface PolicyConfig {
  readonly SecurityHeadersConfig?: {
    readonly ContentSecurityPolicy?: { readonly ContentSecurityPolicy: string };
    readonly ContentTypeOptions?: object;
    readonly FrameOptions?: { readonly FrameOption: string };
    readonly ReferrerPolicy?: { readonly ReferrerPolicy: string };
    readonly StrictTransportSecurity?: {
      readonly AccessControlMaxAgeSec: number;
      readonly IncludeSubdomains?: boolean;
    };
  };
  readonly CustomHeadersConfig?: {
    readonly Items: readonly { readonly Header: string; readonly Value: string }[];
  };
}
