import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Resource, Stack, type Template } from './stack.ts';

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

/**
 * Reads the stack of a cloud assembly (the folder that `cdk synth` writes).
 * Source: the schema of manifest.json and of *.assets.json in @aws-cdk/cloud-assembly-schema.
 *
 * @param directory the assembly's folder, usually cdk.out
 * @param stackName which stack to read, when the assembly holds several
 */
export function loadStack(directory: string, stackName?: string): Stack {
  const manifest = readJson<Manifest>(directory, 'manifest.json');
  const stacks = Object.entries(manifest.artifacts ?? {})
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, { properties }]) => ({
      name: properties?.stackName ?? id,
      templateFile: properties?.templateFile,
    }));
  const chosen = stackName === undefined ? stacks : stacks.filter((stack) => stack.name === stackName);
  const [stack] = chosen;
  if (!stack?.templateFile || chosen.length > 1) {
    const names = stacks.map(({ name }) => name).join(', ') || 'none';
    throw new Error(`The local cloud runs one stack at a time; ${directory} holds: ${names}.`);
  }
  const template = readJson<Template>(directory, stack.templateFile);
  const assets = readJson<AssetManifest>(
    directory,
    stack.templateFile.replace(/\.template\.json$/, '.assets.json'),
  );
  return new Stack(stack.name, template, (resource) => codeFolder(directory, assets, resource));
}

/** The folder with a function's code: the file asset that its `Code.S3Key` names by hash. */
function codeFolder(directory: string, assets: AssetManifest, resource: Resource): string {
  const key = (resource.properties.Code as { S3Key?: unknown } | undefined)?.S3Key;
  const hash = typeof key === 'string' ? path.basename(key, path.extname(key)) : undefined;
  const source = hash === undefined ? undefined : assets.files?.[hash]?.source;
  if (!source?.path || source.packaging !== 'zip') {
    throw new Error(
      `The function ${resource.logicalId} has no folder of code in the assembly: the local cloud runs file assets only.`,
    );
  }
  return path.resolve(directory, source.path);
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
