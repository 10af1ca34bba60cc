import type { Template } from './template.ts';

/** A dynamic reference `{{resolve:secretsmanager:…}}`, taken apart. */
export interface SecretReference {
  /** Name or ARN of the secret. */
  readonly secretId: string;
  /** Key within the secret's JSON; absent: the whole string. */
  readonly jsonKey?: string;
}

/** Where the values behind references come from. */
interface ReferenceSource {
  readonly stackName: string;
  readonly region: string;
  readonly account: string;
  /** What `Ref` gives for a resource. */
  reference(logicalId: string): string;
  /** What `Fn::GetAtt` gives for a resource. */
  attribute(logicalId: string, attribute: string): string;
  secret(reference: SecretReference): string;
  /** An output of another stack. */
  stackOutput(stackName: string, output: string): unknown;
}

/** Stands for `AWS::NoValue`: the property or list entry that holds it goes away. */
const NO_VALUE = Symbol('AWS::NoValue');

const DYNAMIC_REFERENCE = /\{\{resolve:([a-z-]+):([^}]+)\}\}/g;

/**
 * Replaces CloudFormation's intrinsic functions by their values.
 * Source: "Intrinsic function reference" and "Dynamic references" of the CloudFormation guide.
 */
export class IntrinsicResolver {
  readonly #template: Template;
  readonly #source: ReferenceSource;
  readonly #functions: Readonly<Record<string, (argument: unknown) => unknown>>;
  readonly #conditions: Readonly<Record<string, (argument: unknown) => boolean>>;

  constructor(template: Template, source: ReferenceSource) {
    this.#template = template;
    this.#source = source;
    this.#functions = {
      Ref: (name) => this.#reference(String(name)),
      'Fn::GetAtt': (argument) => this.#getAtt(argument),
      'Fn::Join': (argument) => this.#join(argument),
      'Fn::Sub': (argument) => this.#sub(argument),
      'Fn::Select': (argument) => this.#select(argument),
      'Fn::Split': (argument) => this.#split(argument),
      'Fn::FindInMap': (argument) => this.#findInMap(argument),
      'Fn::If': (argument) => this.#if(argument),
      'Fn::GetAZs': (region) => this.#availabilityZones(region),
      'Fn::GetStackOutput': (argument) => {
        const { StackName, OutputName } = this.resolve(argument) as { StackName: string; OutputName: string };
        return this.#source.stackOutput(StackName, OutputName);
      },
      'Fn::Base64': (argument) => Buffer.from(String(this.resolve(argument))).toString('base64'),
    };
    this.#conditions = {
      Condition: (name) => this.condition(String(name)),
      'Fn::Equals': (argument) => {
        const [left, right] = this.#list(argument, 'Fn::Equals');
        return String(this.resolve(left)) === String(this.resolve(right));
      },
      'Fn::Not': (argument) => !this.#list(argument, 'Fn::Not').some((entry) => this.#isTrue(entry)),
      'Fn::And': (argument) => this.#list(argument, 'Fn::And').every((entry) => this.#isTrue(entry)),
      'Fn::Or': (argument) => this.#list(argument, 'Fn::Or').some((entry) => this.#isTrue(entry)),
    };
  }

  /** The value with every intrinsic function in it replaced; undefined where the template says AWS::NoValue. */
  resolve(value: unknown): unknown {
    const resolved = this.#resolve(value);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  /** Whether a condition of the template holds; throws if there is none of that name. */
  condition(name: string): boolean {
    const conditions = this.#template.Conditions ?? {};
    if (!Object.hasOwn(conditions, name)) throw new Error(`The template has no condition "${name}".`);
    return this.#isTrue(conditions[name]);
  }

  #resolve(value: unknown): unknown {
    if (typeof value === 'string') return this.#dynamicReferences(value);
    if (Array.isArray(value)) {
      return value.map((entry) => this.#resolve(entry)).filter((entry) => entry !== NO_VALUE);
    }
    if (value === null || typeof value !== 'object') return value;
    const keys = Object.keys(value);
    const [key] = keys;
    if (keys.length === 1 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'))) {
      const evaluate = this.#functions[key];
      if (!evaluate) throw new Error(`The local cloud does not know the intrinsic function ${key}.`);
      const result = evaluate((value as Record<string, unknown>)[key]);
      return typeof result === 'string' ? this.#dynamicReferences(result) : result;
    }
    const entries = Object.entries(value)
      .map(([name, entry]) => [name, this.#resolve(entry)] as const)
      .filter(([, entry]) => entry !== NO_VALUE);
    return Object.fromEntries(entries);
  }

  #isTrue(value: unknown): boolean {
    if (typeof value === 'boolean') return value;
    const [[name, argument] = ['', undefined]] = Object.entries((value ?? {}) as Record<string, unknown>);
    const evaluate = this.#conditions[name];
    if (!evaluate) throw new Error(`The local cloud does not know the condition function ${name}.`);
    return evaluate(argument);
  }

  #reference(name: string): unknown {
    switch (name) {
      case 'AWS::AccountId':
        return this.#source.account;
      case 'AWS::Region':
        return this.#source.region;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return this.#source.stackName;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${this.#source.region}:${this.#source.account}:stack/${this.#source.stackName}/local`;
      case 'AWS::NotificationARNs':
        return [];
      case 'AWS::NoValue':
        return NO_VALUE;
    }
    const parameter = this.#template.Parameters?.[name];
    if (!parameter) return this.#source.reference(name);
    if (parameter.Default === undefined) {
      throw new Error(`The parameter "${name}" has no default; the local cloud has no value for it.`);
    }
    return parameter.Default;
  }

  #getAtt(argument: unknown): string {
    const text = typeof argument === 'string' ? argument : this.#list(argument, 'Fn::GetAtt').join('.');
    const dot = text.indexOf('.');
    return this.#source.attribute(text.slice(0, dot), text.slice(dot + 1));
  }

  #join(argument: unknown): string {
    const [separator, parts] = this.#list(argument, 'Fn::Join');
    return this.#list(this.#resolve(parts), 'Fn::Join').join(String(separator));
  }

  #sub(argument: unknown): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const own = this.#resolve(variables ?? {}) as Record<string, unknown>;
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(own, name)) return String(own[name]);
      return String(name.includes('.') ? this.#getAtt(name) : this.#reference(name));
    });
  }

  #select(argument: unknown): unknown {
    const [index, values] = this.#list(argument, 'Fn::Select');
    const list = this.#list(this.#resolve(values), 'Fn::Select');
    const position = Number(this.#resolve(index));
    if (!(position in list))
      throw new Error(`Fn::Select: there is no entry ${position} in ${JSON.stringify(list)}.`);
    return list[position];
  }

  #split(argument: unknown): string[] {
    const [separator, text] = this.#list(argument, 'Fn::Split');
    return String(this.#resolve(text)).split(String(separator));
  }

  #findInMap(argument: unknown): unknown {
    const [map, first, second] = this.#list(argument, 'Fn::FindInMap').map((key) =>
      String(this.#resolve(key)),
    );
    const found = this.#template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
    if (found === undefined) throw new Error(`The template maps nothing at ${map}.${first}.${second}.`);
    return found;
  }

  #if(argument: unknown): unknown {
    const [name, yes, no] = this.#list(argument, 'Fn::If');
    return this.#resolve(this.condition(String(name)) ? yes : no);
  }

  /** Three zones, which every region has; an empty text stands for the stack's own region. */
  #availabilityZones(region: unknown): string[] {
    const name = String(this.#resolve(region)) || this.#source.region;
    return ['a', 'b', 'c'].map((zone) => name + zone);
  }

  #list(value: unknown, name: string): unknown[] {
    if (!Array.isArray(value)) throw new Error(`${name} takes a list, not ${JSON.stringify(value)}.`);
    return value;
  }

  #dynamicReferences(text: string): string {
    if (!text.includes('{{resolve:')) return text;
    return text.replace(DYNAMIC_REFERENCE, (reference, service: string, rest: string) => {
      if (service !== 'secretsmanager') {
        throw new Error(`The local cloud does not know the dynamic reference ${reference}.`);
      }
      return this.#source.secret(parseSecretReference(rest));
    });
  }
}

/** Takes `<name or ARN>:SecretString:<json key>:<stage>:<version>` apart; the id may itself hold colons. */
function parseSecretReference(text: string): SecretReference {
  const at = text.indexOf(':SecretString');
  if (at < 0) return { secretId: text };
  const jsonKey = text.slice(at + ':SecretString'.length).split(':')[1];
  return { secretId: text.slice(0, at), ...(jsonKey ? { jsonKey } : {}) };
}
