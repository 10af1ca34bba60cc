import { ENV } from '../../core/environment.ts';
import { parseUsageKeys, type UsageKeys } from '../../core/gate/usage-keys.ts';
import type { SessionPolicy } from '../../core/identity/session.ts';

/** What the authorizer is told by its environment. Parsed by hand: loading a schema library costs more than it does. */
export interface Settings {
  readonly table: string;
  readonly scope: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly adminGroups: readonly string[];
  readonly workerGroups: readonly string[];
  readonly alwaysAllowed: readonly string[];
  readonly stateUnknown: 'open' | 'closed';
  readonly allowedOrigins: readonly string[];
  readonly refusalForm: 'negotiated' | 'json';
  readonly offenderThreshold: number;
  /** Which API key meters whom; undefined when callers are not throttled by class. */
  readonly usageKeys: UsageKeys | undefined;
  readonly apiKeyClaim: string | undefined;
  /** Where sessions are and what they look like; undefined in a deployment without Redis. */
  readonly sessions: SessionSettings | undefined;
}

export interface SessionSettings {
  /** RedisSettings as JSON, for whoever opens the connection. */
  readonly redis: string;
  readonly policy: SessionPolicy;
  /** Whether a session's cookie counts on control routes. */
  readonly controlCookies: boolean;
}

/** Reads the settings; throws naming the variable that is missing or wrong. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const text = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`Environment variable ${name} is missing.`);
    return value;
  };
  const list = (name: string): string[] => text(name).split(',');
  const oneOf = <T extends string>(name: string, values: readonly T[]): T => {
    const value = values.find((candidate) => candidate === env[name]);
    if (value === undefined) throw new Error(`Environment variable ${name} must be ${values.join(' or ')}.`);
    return value;
  };
  const offenderThreshold = Number(text(ENV.offenderThreshold));
  if (!Number.isInteger(offenderThreshold) || offenderThreshold < 1) {
    throw new Error(`Environment variable ${ENV.offenderThreshold} must be a whole number above 0.`);
  }
  return {
    table: text(ENV.stateTable),
    scope: text(ENV.scope),
    issuer: text(ENV.issuer),
    clientId: text(ENV.clientId),
    adminGroups: list(ENV.adminGroups),
    workerGroups: list(ENV.workerGroups),
    alwaysAllowed: list(ENV.alwaysAllowed),
    stateUnknown: oneOf(ENV.stateUnknown, ['open', 'closed'] as const),
    allowedOrigins: list(ENV.allowedOrigins),
    refusalForm: oneOf(ENV.refusalForm, ['negotiated', 'json'] as const),
    offenderThreshold,
    usageKeys: env[ENV.usageKeys] ? parseUsageKeys(text(ENV.usageKeys)) : undefined,
    apiKeyClaim: env[ENV.apiKeyClaim] || undefined,
    sessions: env[ENV.redis]
      ? {
          redis: text(ENV.redis),
          policy: JSON.parse(text(ENV.sessions)) as SessionPolicy,
          controlCookies: env[ENV.controlCookies] === 'true',
        }
      : undefined,
  };
}
