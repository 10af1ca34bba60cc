import { LOCAL_ACCOUNT, LOCAL_REGION } from './account.ts';
import { functionNames } from './function-names.ts';
import { IntrinsicResolver, type SecretReference } from './intrinsics.ts';
import { deterministicAttribute } from './resource-types.ts';
import type { Resource, Template } from './template.ts';

/** What the services of the local cloud add to the table of deterministic names. */
interface AttributeSource {
  /** `attribute` is the one of `Fn::GetAtt`, or `Ref`; undefined: not known better here. */
  attribute(resource: Resource, attribute: string): string | undefined;
  secret(reference: SecretReference): string;
}

/** A synthesised stack: its resources by logical id and type, and the values its template stands for. */
export class Stack {
  readonly name: string;
  readonly template: Template;
  /** Folder of each function's bundled code, by the logical id of the function. */
  readonly codeFolders: ReadonlyMap<string, string>;
  readonly #resources = new Map<string, Resource>();
  readonly #resolver: IntrinsicResolver;
  readonly #functionNames: ReadonlyMap<string, string>;
  #source: AttributeSource | undefined;
  #other: Stack | undefined;

  constructor(name: string, template: Template, codeFolder: (resource: Resource) => string) {
    this.name = name;
    this.template = template;
    this.#resolver = new IntrinsicResolver(template, {
      stackName: name,
      region: LOCAL_REGION,
      account: LOCAL_ACCOUNT,
      reference: (logicalId) => this.attribute(this.resource(logicalId), 'Ref'),
      attribute: (logicalId, attribute) => this.attribute(this.resource(logicalId), attribute),
      stackOutput: (stackName, output) => {
        if (this.#other?.name !== stackName) throw new Error(`The stack ${stackName} is not known here.`);
        return this.#other.outputs()[output];
      },
      secret: (reference) => {
        if (!this.#source)
          throw new Error(`The secret ${reference.secretId} is not there before the services.`);
        return this.#source.secret(reference);
      },
    });
    for (const [logicalId, raw] of Object.entries(template.Resources ?? {})) {
      const resource = toResource(logicalId, raw);
      if (resource.condition !== undefined && !this.#resolver.condition(resource.condition)) continue;
      this.#resources.set(logicalId, resource);
    }
    this.#functionNames = functionNames(this.resources('AWS::Lambda::Function'));
    const folders = new Map<string, string>();
    for (const resource of this.resources('AWS::Lambda::Function')) {
      folders.set(resource.logicalId, codeFolder(resource));
    }
    this.codeFolders = folders;
  }

  /** Adds what the running services know, such as the address of a user pool. */
  useSource(source: AttributeSource): void {
    this.#source = source;
  }

  /** Makes the outputs of another stack known to this one. */
  useOutputsOf(other: Stack): void {
    this.#other = other;
  }

  /** Resources of a type, or all, in the template's order; those whose condition is false are absent. */
  resources(type?: string): Resource[] {
    const all = [...this.#resources.values()];
    return type === undefined ? all : all.filter((resource) => resource.type === type);
  }

  /** The resource with this logical id; throws if there is none. */
  resource(logicalId: string): Resource {
    const found = this.#resources.get(logicalId);
    if (!found) throw new Error(`The template of ${this.name} has no resource "${logicalId}".`);
    return found;
  }

  /** The resource that has this value as its ARN or as what `Ref` gives; undefined if none has. */
  find(type: string, value: string): Resource | undefined {
    return this.resources(type).find(
      (resource) => this.#known(resource, 'Ref') === value || this.#known(resource, 'Arn') === value,
    );
  }

  /** Name of a function in the local cloud: see docs/local-cloud.md. */
  functionName(logicalId: string): string {
    return this.#functionNames.get(logicalId) ?? logicalId;
  }

  /** What `Ref` (attribute `Ref`) or `Fn::GetAtt` gives for a resource; throws for an attribute nobody knows. */
  attribute(resource: Resource, attribute: string): string {
    const value = this.#known(resource, attribute);
    if (value === undefined) {
      throw new Error(
        `The local cloud knows no attribute "${attribute}" of ${resource.type} (resource ${resource.logicalId}).`,
      );
    }
    return value;
  }

  #known(resource: Resource, attribute: string): string | undefined {
    return this.#source?.attribute(resource, attribute) ?? deterministicAttribute(this, resource, attribute);
  }

  /** Replaces every intrinsic function and dynamic reference in a value of the template. */
  resolve(value: unknown): unknown {
    return this.#resolver.resolve(value);
  }

  /** One resolved property of a resource; undefined if it is absent. */
  property(resource: Resource, name: string): unknown {
    return this.resolve(resource.properties[name]);
  }

  /** Every resolved property of a resource. */
  properties(resource: Resource): Record<string, unknown> {
    return this.resolve(resource.properties) as Record<string, unknown>;
  }

  /** The stack's outputs, resolved. */
  outputs(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.template.Outputs ?? {}).map(([name, output]) => [name, this.resolve(output.Value)]),
    );
  }
}

function toResource(logicalId: string, raw: unknown): Resource {
  const entry = raw as {
    Type: string;
    Properties?: Record<string, unknown>;
    Metadata?: Record<string, unknown>;
    DependsOn?: string | string[];
    Condition?: string;
  };
  return {
    logicalId,
    type: entry.Type,
    properties: entry.Properties ?? {},
    metadata: entry.Metadata ?? {},
    dependsOn: entry.DependsOn === undefined ? [] : [entry.DependsOn].flat(),
    ...(entry.Condition === undefined ? {} : { condition: entry.Condition }),
  };
}
