import { z } from 'zod';
import type {
  ComingWindow,
  Emergency,
  NormalMaintenance,
  Plan,
  PurgeOrder,
  Revocation,
  RuleSetReference,
  State,
  TestRun,
  WindowSchedule,
} from './state.ts';

/**
 * A schema for each member of a type and for nothing else, so that the compiler asks for one where a member is new.
 * Members of later versions are let through: a state is checked without being changed.
 */
type SchemaOf<T> = { readonly [Name in keyof T]-?: z.ZodType<T[Name] | undefined> };

/** Milliseconds since the epoch. */
const instant = z.number().int();

const plan = {
  reason: z.string(),
  publicReason: z.string().optional(),
  endsAt: instant.nullable(),
  autoEnd: z.boolean(),
  blockedOperations: z.array(z.string()).nullable(),
} satisfies SchemaOf<Plan>;

const begun = {
  id: z.string().min(1),
  startedAt: instant,
  startedBy: z.string(),
  notifyUsers: z.boolean(),
  drainDeadline: instant.optional(),
};

const normalMaintenance = {
  mode: z.literal('normal'),
  ...begun,
  ...plan,
} satisfies SchemaOf<NormalMaintenance>;
const testRun = { mode: z.literal('test'), ...begun, ...plan } satisfies SchemaOf<TestRun>;
const emergency = {
  mode: z.literal('emergency'),
  ...begun,
  reason: z.string(),
  publicReason: z.string().optional(),
  declaredAt: instant,
  declaredBy: z.string(),
  terminateJobs: z.boolean(),
  gracePeriod: z.number(),
  estimatedEnd: instant.optional(),
  suspended: z.looseObject(plan).nullable(),
} satisfies SchemaOf<Emergency>;

const maintenance = z.discriminatedUnion('mode', [
  z.looseObject(normalMaintenance),
  z.looseObject(testRun),
  z.looseObject(emergency),
]);

const ruleSetReference = {
  name: z.string(),
  operations: z.array(z.string()),
} satisfies SchemaOf<RuleSetReference>;

const revocation = { id: z.string(), before: instant } satisfies SchemaOf<Revocation>;

const purgeOrder = {
  id: z.string().min(1),
  at: instant,
  maintenanceId: z.string().nullable(),
  scope: z.enum(['members', 'everybody', 'named']),
  users: z.array(z.string()),
  spared: z.string().nullable(),
} satisfies SchemaOf<PurgeOrder>;

const comingWindow = {
  id: z.string().min(1),
  mode: z.enum(['normal', 'test']),
  scheduledBy: z.string(),
  reason: z.string(),
  publicReason: z.string().optional(),
  autoEnd: z.boolean(),
  blockedOperations: z.array(z.string()).nullable(),
  invalidateSessions: z.literal(false).optional(),
  notifyUsers: z.literal(false).optional(),
  drainDeadline: z.number().int().optional(),
  length: z.number().int(),
  starts: z.array(instant),
} satisfies SchemaOf<ComingWindow>;

const windowSchedule = {
  name: z.string(),
  windows: z.array(z.looseObject(comingWindow)),
  hasMore: z.boolean(),
  operations: z.array(z.string()),
} satisfies SchemaOf<WindowSchedule>;

/** A state as the event log holds it. Not for the authorizer, whose bundle holds no schema library. */
export const storedState = z.looseObject({
  version: z.number().int(),
  maintenance: maintenance.nullable(),
  rules: z.looseObject(ruleSetReference).nullable(),
  sessionsInvalidBefore: instant.nullable(),
  revoked: z.array(z.looseObject(revocation)).optional(),
  purge: z.looseObject(purgeOrder).optional(),
  windows: z.looseObject(windowSchedule).optional(),
  refresh: z.number().int().optional(),
  debugUntil: instant.optional(),
} satisfies SchemaOf<State>);
