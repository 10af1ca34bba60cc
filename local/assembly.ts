import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Stack } from './stack.ts';
import { StaticSite } from './static-site.ts';
import type { Resource, Template } from './template.ts';

interface Manifest {
  readonly artifacts?: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
      }
    >
  >;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<string, { readonly source: { readonly path?: string; readonly packaging?: string } }>
  >;
}

/** The stacks of a cloud assembly that the local cloud has a use for. */
export interface Assembly {
  /** The one that runs: it has a REST API. */
  readonly stack: Stack;
  /** Those that bring files to CloudFront. */
  readonly sites: readonly StaticSite[];
}

/**
 * Reads a cloud assembly (the folder that `cdk synth` writes).
 * Source: the schema of manifest.json and of *.assets.json in @aws-cdk/cloud-assembly-schema.
 *
 * @param directory the assembly's folder, usually cdk.out
 * @param stackName which stack to run, when several have a REST API
 */
export function loadAssembly(directory: string, stackName?: string): Assembly {
  const manifest = readJson<Manifest>(directory, 'manifest.json');
  const found = Object.entries(manifest.artifacts ?? {})
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, { properties }]) =>
      readStack(directory, properties?.stackName ?? id, properties?.templateFile),
    );
  const named = stackName === undefined ? found : found.filter(({ stack }) => stack.name === stackName);
  const chosen =
    named.length > 1 ? named.filter(({ stack }) => has(stack, 'AWS::ApiGateway::RestApi')) : named;
  const [main] = chosen;
  if (!main || chosen.length > 1) {
    const names = found.map(({ stack }) => stack.name).join(', ') || 'none';
    throw new Error(
      `The local cloud runs one stack with a REST API at a time; ${directory} holds: ${names}.`,
    );
  }
  const sites = found
    .filter((other) => other !== main && has(other.stack, 'AWS::CloudFront::Distribution'))
    .map(({ stack, folderOf }) => {
      stack.useOutputsOf(main.stack);
      return new StaticSite(stack, folderOf);
    });
  return { stack: main.stack, sites };
}

/** Reads the stack of an assembly that runs, see loadAssembly. */
export function loadStack(directory: string, stackName?: string): Stack {
  return loadAssembly(directory, stackName).stack;
}

function readStack(directory: string, name: string, templateFile = '') {
  const template = readJson<Template>(directory, templateFile);
  const assets = readJson<AssetManifest>(
    directory,
    templateFile.replace(/\.template\.json$/, '.assets.json'),
  );
  const folderOf = (key: unknown) => assetFolder(directory, assets, key);
  return { stack: new Stack(name, template, (resource) => codeFolder(folderOf, resource)), folderOf };
}

function has(stack: Stack, type: string): boolean {
  return stack.resources(type).length > 0;
}

/** The folder with a function's code: the file asset that its `Code.S3Key` names by hash. */
function codeFolder(folderOf: (key: unknown) => string | undefined, resource: Resource): string {
  const folder = folderOf((resource.properties.Code as { S3Key?: unknown } | undefined)?.S3Key);
  if (folder !== undefined) return folder;
  throw new Error(
    `The function ${resource.logicalId} has no folder of code in the assembly: the local cloud runs file assets only.`,
  );
}

/** The folder that becomes the object with this key, which names it by hash; undefined if it is no folder. */
function assetFolder(directory: string, assets: AssetManifest, key: unknown): string | undefined {
  const hash = typeof key === 'string' ? path.basename(key, path.extname(key)) : undefined;
  const source = hash === undefined ? undefined : assets.files?.[hash]?.source;
  return source?.path && source.packaging === 'zip' ? path.resolve(directory, source.path) : undefined;
}

function readJson<T>(directory: string, file: string): T {
  const location = path.join(directory, file);
  let text: string;
  try {
    text = readFileSync(location, 'utf8');
  } catch (cause) {
    throw new Error(`${location} cannot be read: synthesise the stack first (npm run synth).`, { cause });
  }
  return JSON.parse(text) as T;
}
