import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import { Redis } from 'ioredis';
import { z } from 'zod';
import type { DynamoDbReads, Item } from '../../adapters/lean/dynamodb-over-https.ts';
import { readKeysFromTable } from '../../adapters/lean/kept-keys.ts';
import { readState } from '../../adapters/lean/read-state.ts';
import { TokenVerifier } from '../../adapters/lean/token-verifier.ts';
import { Offenders } from '../../core/attempts/offenders.ts';
import { alwaysAllowedRoutes } from '../../core/decision/always-allowed.ts';
import { Authorizer } from '../../core/gate/authorizer.ts';
import { StateCache } from '../../core/state/state-cache.ts';
import type { AuthorizerEvent } from '../../lambdas/authorizer/authorizer-event.ts';
import { createAuthorizerHandler } from '../../lambdas/authorizer/authorizer-handler.ts';
import { decisionLog } from '../../lambdas/authorizer/decision-log.ts';
import type { AuthorizerResult } from '../../lambdas/authorizer/respond.ts';

/** The same authorizer on the usual stack: SDK client, Powertools, middy, zod and ioredis. For comparison only. */
const list = z.string().transform((text) => text.split(','));
const env = z
  .object({
    STATE_TABLE: z.string(),
    SCOPE: z.string(),
    ISSUER: z.string(),
    CLIENT_ID: z.string(),
    ADMIN_GROUPS: list,
    WORKER_GROUPS: list,
    ALWAYS_ALLOWED: list,
    STATE_UNKNOWN: z.enum(['open', 'closed']),
    ALLOWED_ORIGINS: list,
    REFUSAL_FORM: z.enum(['negotiated', 'json']),
    OFFENDER_THRESHOLD: z.coerce.number(),
  })
  .parse(process.env);

const logger = new Logger({ serviceName: 'authorizer' });
const client = new DynamoDBClient({});
/** Connects on first need, as ours would. */
export const sessions = new Redis({ lazyConnect: true });

const reads: DynamoDbReads = {
  query: async (input) => (await client.send(new QueryCommand(input as never))) as { Items?: Item[] },
  getItem: async (input) => (await client.send(new GetItemCommand(input as never))) as { Item?: Item },
};

const verifier = new TokenVerifier(
  {
    issuer: env.ISSUER,
    clientId: env.CLIENT_ID,
    adminGroups: env.ADMIN_GROUPS,
    workerGroups: env.WORKER_GROUPS,
  },
  readKeysFromTable(reads, env.STATE_TABLE, env.ISSUER),
);

const authorizer = new Authorizer({
  states: new StateCache({ read: () => readState(reads, env.STATE_TABLE, env.SCOPE), now: Date.now }),
  offenders: new Offenders(env.OFFENDER_THRESHOLD),
  alwaysAllowed: alwaysAllowedRoutes(env.ALWAYS_ALLOWED),
  stateUnknown: env.STATE_UNKNOWN,
  log: decisionLog((line) => logger.info(line)),
  now: Date.now,
});

export const handler = middy<AuthorizerEvent, AuthorizerResult>().handler(
  createAuthorizerHandler({
    authorizer,
    chooser: undefined,
    credentials: {
      verify: (token, now) => verifier.verify(token, now),
      allowedOrigins: env.ALLOWED_ORIGINS,
    },
    allowedOrigins: env.ALLOWED_ORIGINS,
    refusalForm: env.REFUSAL_FORM,
  }),
);
