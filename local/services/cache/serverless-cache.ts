import type { Stack } from '../../stack.ts';
import type { Resource } from '../../template.ts';

/** A user of a cache who signs in by IAM. */
interface CacheUser {
  /** Id and name, which AWS wants to be the same. */
  readonly id: string;
  readonly arn: string;
  /** Rules of a Redis ACL: those of the template, then what nobody may do. */
  readonly rules: readonly string[];
}

/** The template's serverless cache. */
export interface ServerlessCache {
  readonly resource: Resource;
  readonly name: string;
  readonly arn: string;
  readonly users: readonly CacheUser[];
}

/** Commands that the service keeps to itself. Source: "Restricted commands" of the ElastiCache user guide. */
const RESTRICTED = [
  'acl|setuser',
  'bgrewriteaof',
  'bgsave',
  'config',
  'debug',
  'migrate',
  'replicaof',
  'save',
  'shutdown',
  'slaveof',
  'sync',
];

/**
 * Reads the serverless cache of a stack; undefined if it has none. Throws for one that AWS would refuse, or that
 * everybody could use.
 */
export function readServerlessCache(stack: Stack): ServerlessCache | undefined {
  const [resource, second] = stack.resources('AWS::ElastiCache::ServerlessCache');
  if (!resource) return undefined;
  if (second) {
    throw new Error(
      `The local cloud has one Redis; the stack has two caches, ${resource.logicalId} and ${second.logicalId}.`,
    );
  }
  return {
    resource,
    name: stack.attribute(resource, 'Ref'),
    arn: stack.attribute(resource, 'ARN'),
    users: usersOf(stack, resource),
  };
}

function usersOf(stack: Stack, cache: Resource): CacheUser[] {
  const group = stack.find('AWS::ElastiCache::UserGroup', String(stack.property(cache, 'UserGroupId')));
  if (!group) {
    throw new Error(
      `The cache ${cache.logicalId} has no user group in the template, so that nobody could sign in.`,
    );
  }
  return ((stack.property(group, 'UserIds') ?? []) as unknown[]).flatMap((id) => {
    const user = stack.find('AWS::ElastiCache::User', String(id));
    if (!user) throw new Error(`The user ${id} of the group ${group.logicalId} is not in the template.`);
    return readUser(stack, user) ?? [];
  });
}

/** Source: "Authenticating with IAM", setup, of the ElastiCache user guide. */
function readUser(stack: Stack, user: Resource): CacheUser | undefined {
  const { UserId, UserName, AccessString, AuthenticationMode } = stack.properties(user);
  const { Type } = (AuthenticationMode ?? {}) as { Type?: string };
  if (Type !== 'iam') return undefined;
  if (UserId !== UserName) {
    throw new Error(
      `The user ${user.logicalId} signs in by IAM, so its id ${UserId} and its name ${UserName} must be the same.`,
    );
  }
  return {
    id: String(UserId),
    arn: stack.attribute(user, 'Arn'),
    rules: [
      ...String(AccessString ?? '')
        .split(/\s+/)
        .filter((rule) => rule !== ''),
      ...RESTRICTED.map((command) => `-${command}`),
    ],
  };
}
