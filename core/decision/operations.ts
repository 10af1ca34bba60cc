/** Operation types that write, and that a maintenance may name in `blocked_operations`. */
export const WRITE_OPERATIONS = [
  'caption_generation',
  'job_creation',
  'platform_operations',
  'batch_operations',
  'user_data_modification',
  'image_processing',
] as const;

/** What `blocked_operations` may hold: the write types, and writes that no rule covers. */
export const BLOCKABLE_OPERATIONS: readonly string[] = [...WRITE_OPERATIONS, 'unknown'];

/** Built-in types that a normal maintenance lets pass. */
export const OPEN_TYPES: readonly string[] = ['read_operations', 'authentication'];

/** The operation types that are built in, in the order in which they are shown. */
export const BUILT_IN_OPERATIONS = [
  ...WRITE_OPERATIONS,
  'admin_operations',
  'read_operations',
  'authentication',
  'unknown',
  'canary',
] as const;

export type BuiltInOperation = (typeof BUILT_IN_OPERATIONS)[number];

/** How the owner may name operation types. */
export const OWN_OPERATION_NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Operation types that the owner may add, at most: their names are part of the state, which has little room. */
export const MAX_OWN_OPERATIONS = 10;

export function isBuiltInOperation(name: string): name is BuiltInOperation {
  return (BUILT_IN_OPERATIONS as readonly string[]).includes(name);
}
