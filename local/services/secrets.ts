import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { SecretReference } from '../intrinsics.ts';
import type { CloudContext } from '../local-services.ts';
import type { Resource } from '../template.ts';
import {
  type AwsAnswer,
  type AwsCall,
  AwsError,
  type AwsService,
  jsonAnswer,
  jsonBody,
  unknownOperation,
} from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';

interface StoredSecret {
  readonly value: string;
  readonly versionId: string;
}

/** How a secret's value is made. Source: GenerateSecretString of the CloudFormation reference. */
interface GenerateSecretString {
  readonly PasswordLength?: number;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly IncludeSpace?: boolean;
  readonly RequireEachIncludedType?: boolean;
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
}

/** The template's secrets: made once, kept in a file. */
export class Secrets implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #secrets: Record<string, StoredSecret>;

  constructor(context: CloudContext, caller: CallerAccess, file: string) {
    this.#context = context;
    this.#caller = caller;
    this.#secrets = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, StoredSecret>)
      : {};
    for (const resource of context.stack.resources('AWS::SecretsManager::Secret')) {
      this.#secrets[resource.logicalId] ??= { value: this.#make(resource), versionId: randomUUID() };
    }
    writeFileSync(file, JSON.stringify(this.#secrets), { mode: 0o600 });
  }

  /** The value behind a dynamic reference. */
  value({ secretId, jsonKey }: SecretReference): string {
    const { value } = this.#stored(this.#find(secretId));
    if (jsonKey === undefined) return value;
    const found = (JSON.parse(value) as Record<string, unknown>)[jsonKey];
    if (found === undefined) throw new Error(`The secret ${secretId} has no key ${jsonKey}.`);
    return String(found);
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    if (call.operation !== 'GetSecretValue') throw unknownOperation('Secrets Manager', call.operation);
    const secretId = String(jsonBody(call).SecretId ?? '');
    const resource = this.#find(secretId);
    const arn = this.#context.stack.attribute(resource, 'Ref');
    this.#caller.authorise(call, 'secretsmanager:GetSecretValue', arn);
    const { value, versionId } = this.#stored(resource);
    return jsonAnswer({
      ARN: arn,
      Name: this.#name(resource),
      SecretString: value,
      VersionId: versionId,
      VersionStages: ['AWSCURRENT'],
    });
  }

  #find(secretId: string): Resource {
    const { stack } = this.#context;
    const found = stack
      .resources('AWS::SecretsManager::Secret')
      .find((resource) => stack.attribute(resource, 'Ref') === secretId || this.#name(resource) === secretId);
    if (!found) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return found;
  }

  #stored(resource: Resource): StoredSecret {
    const stored = this.#secrets[resource.logicalId];
    if (!stored) throw new Error(`The secret ${resource.logicalId} has no value.`);
    return stored;
  }

  #name(resource: Resource): string {
    const { stack } = this.#context;
    return String(stack.property(resource, 'Name') ?? `${stack.name}-${resource.logicalId}`);
  }

  #make(resource: Resource): string {
    const { stack } = this.#context;
    const given = stack.property(resource, 'SecretString');
    if (given !== undefined) return String(given);
    const settings = stack.property(resource, 'GenerateSecretString') as GenerateSecretString | undefined;
    if (!settings) return randomBytes(16).toString('hex');
    const password = generatePassword(settings);
    if (settings.SecretStringTemplate === undefined || settings.GenerateStringKey === undefined)
      return password;
    const template = JSON.parse(settings.SecretStringTemplate) as Record<string, unknown>;
    return JSON.stringify({ ...template, [settings.GenerateStringKey]: password });
  }
}

function generatePassword(settings: GenerateSecretString): string {
  const excluded = new Set(settings.ExcludeCharacters ?? '');
  const classes = [
    settings.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    settings.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    settings.ExcludeNumbers ? '' : '0123456789',
    settings.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    settings.IncludeSpace ? ' ' : '',
  ]
    .map((characters) => [...characters].filter((character) => !excluded.has(character)))
    .filter((characters) => characters.length > 0);
  const all = classes.flat();
  const pick = (characters: readonly string[]) => characters[randomInt(characters.length)] ?? '';
  const required = settings.RequireEachIncludedType === false ? [] : classes.map(pick);
  const length = settings.PasswordLength ?? 32;
  const rest = Array.from({ length: Math.max(0, length - required.length) }, () => pick(all));
  const characters = [...required, ...rest];
  for (let index = characters.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [characters[index], characters[other]] = [characters[other] ?? '', characters[index] ?? ''];
  }
  return characters.join('');
}
