import type { FaultRegistry } from './faults.ts';
import type { Stack } from './stack.ts';
import type { Resource } from './template.ts';

/** One statement of an identity policy, resolved. */
interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: unknown;
}

/** Access keys of roles begin with this; what follows is the role's logical id. */
const ACCESS_KEY_PREFIX = 'LOCAL';

/**
 * Which role of the stack may do what, by the identity policies in the template. Conditions aside:
 * an Allow counts whatever its conditions, a Deny with conditions is skipped.
 * Source: "Policy evaluation logic" of the IAM user guide.
 */
export class RoleAccess {
  readonly #stack: Stack;
  readonly #faults: FaultRegistry | undefined;
  readonly #statements = new Map<string, readonly Statement[]>();
  readonly #functions = new Map<string, readonly string[]>();

  /** @param faults where a fault `iam:<function>` takes every permission from the role that the function runs as */
  constructor(stack: Stack, faults?: FaultRegistry) {
    this.#stack = stack;
    this.#faults = faults;
  }

  /** Logical id of the role a function runs as; throws if its role is not in the template. */
  roleOf(functionLogicalId: string): string {
    const arn = this.#stack.property(this.#stack.resource(functionLogicalId), 'Role');
    const role = this.#stack.find('AWS::IAM::Role', String(arn));
    if (!role) throw new Error(`The role of the function ${functionLogicalId} is not in the template.`);
    return role.logicalId;
  }

  /** Names in the local cloud of the functions that run as a role. */
  functionsOf(roleLogicalId: string): readonly string[] {
    const known = this.#functions.get(roleLogicalId);
    if (known) return known;
    const stack = this.#stack;
    const arn = stack.attribute(stack.resource(roleLogicalId), 'Arn');
    const names = stack
      .resources('AWS::Lambda::Function')
      .filter((resource) => stack.property(resource, 'Role') === arn)
      .map(({ logicalId }) => stack.functionName(logicalId));
    this.#functions.set(roleLogicalId, names);
    return names;
  }

  /**
   * Whether the role may do this.
   *
   * @example access.isAllowed('AuthorizerServiceRoleA1B2', 'dynamodb:Query', 'arn:aws:dynamodb:…:table/State')
   */
  isAllowed(roleLogicalId: string, action: string, resourceArn: string): boolean {
    if (this.functionsOf(roleLogicalId).some((name) => this.#faults?.draw(`iam:${name}`))) return false;
    const matching = this.#statementsOf(roleLogicalId).filter((statement) =>
      matches(statement, action, resourceArn),
    );
    const denied = matching.some(
      (statement) => statement.Effect === 'Deny' && statement.Condition === undefined,
    );
    return !denied && matching.some((statement) => statement.Effect === 'Allow');
  }

  /**
   * Whether the holder of an access key may do this. A key that belongs to no role is the local
   * administrator's, who may do everything.
   */
  isCallerAllowed(accessKeyId: string, action: string, resourceArn: string): boolean {
    const role = this.roleOfAccessKey(accessKeyId);
    return role === undefined || this.isAllowed(role, action, resourceArn);
  }

  /** The role whose access key this is; undefined for a key of no role. */
  roleOfAccessKey(accessKeyId: string): string | undefined {
    if (!accessKeyId.startsWith(ACCESS_KEY_PREFIX)) return undefined;
    const logicalId = accessKeyId.slice(ACCESS_KEY_PREFIX.length);
    return this.#stack.resources('AWS::IAM::Role').some((role) => role.logicalId === logicalId)
      ? logicalId
      : undefined;
  }

  #statementsOf(roleLogicalId: string): readonly Statement[] {
    const known = this.#statements.get(roleLogicalId);
    if (known) return known;
    const statements = this.#readStatements(this.#stack.resource(roleLogicalId));
    this.#statements.set(roleLogicalId, statements);
    return statements;
  }

  #readStatements(role: Resource): Statement[] {
    const stack = this.#stack;
    const name = stack.attribute(role, 'Ref');
    const inline = list(stack.property(role, 'Policies')).map(
      (policy) => (policy as { PolicyDocument: unknown }).PolicyDocument,
    );
    const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
      .flatMap((type) => stack.resources(type))
      .filter((policy) => list(stack.property(policy, 'Roles')).includes(name));
    const arns = list(stack.property(role, 'ManagedPolicyArns')).map(String);
    const customerManaged = stack
      .resources('AWS::IAM::ManagedPolicy')
      .filter((policy) => arns.includes(stack.attribute(policy, 'Ref')));
    const documents = [
      ...inline,
      ...[...new Set([...attached, ...customerManaged])].map((policy) =>
        stack.property(policy, 'PolicyDocument'),
      ),
    ];
    const awsManaged = arns
      .filter((arn) => arn.startsWith('arn:aws:iam::aws:policy/'))
      .flatMap((arn) => awsManagedStatements(arn));
    return [
      ...documents.flatMap((document) => list((document as { Statement: unknown }).Statement) as Statement[]),
      ...awsManaged,
    ];
  }
}

/** The access key id that functions of a role sign with; {@link RoleAccess.roleOfAccessKey} is the way back. */
export function accessKeyOf(roleLogicalId: string): string {
  return ACCESS_KEY_PREFIX + roleLogicalId;
}

/** What functions sign with besides the access key id: the same for every role, and no secret on this machine. */
export const ROLE_CREDENTIALS = { secretAccessKey: 'local', sessionToken: 'local' };

/** The message of the AccessDeniedException with which AWS refuses a call. */
export function accessDeniedMessage(principalArn: string, action: string, resourceArn: string): string {
  return `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resourceArn} because no identity-based policy allows the ${action} action`;
}

/** What AWS's own managed policies allow, as far as roles of functions use them. Source: "AWS managed policy reference". */
const AWS_MANAGED: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ],
  'service-role/AWSLambdaVPCAccessExecutionRole': [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': ['logs:*'],
  AWSXRayDaemonWriteAccess: ['xray:*'],
};

function awsManagedStatements(arn: string): Statement[] {
  const name = arn.slice('arn:aws:iam::aws:policy/'.length);
  const actions = AWS_MANAGED[name];
  if (!actions) throw new Error(`The local cloud does not know the managed policy ${name}.`);
  return [{ Effect: 'Allow', Action: actions, Resource: '*' }];
}

function matches(statement: Statement, action: string, resourceArn: string): boolean {
  const actionMatches =
    statement.Action !== undefined
      ? list(statement.Action).some((pattern) =>
          wildcard(String(pattern).toLowerCase(), action.toLowerCase()),
        )
      : statement.NotAction !== undefined &&
        !list(statement.NotAction).some((pattern) =>
          wildcard(String(pattern).toLowerCase(), action.toLowerCase()),
        );
  if (!actionMatches) return false;
  return statement.Resource !== undefined
    ? list(statement.Resource).some((pattern) => wildcard(String(pattern), resourceArn))
    : statement.NotResource !== undefined &&
        !list(statement.NotResource).some((pattern) => wildcard(String(pattern), resourceArn));
}

/** Whether a text matches a pattern in which `*` is any run of characters and `?` any one. */
export function wildcard(pattern: string, text: string): boolean {
  let position = 0;
  let matched = 0;
  let star = -1;
  let resume = 0;
  while (matched < text.length) {
    const expected = pattern[position];
    if (expected === '*') {
      star = position++;
      resume = matched;
    } else if (expected === '?' || expected === text[matched]) {
      position++;
      matched++;
    } else if (star >= 0) {
      position = star + 1;
      matched = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[position] === '*') position++;
  return position === pattern.length;
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
