/**
 * The operation types: what a request does, as far as maintenance cares, and what people are told about it.
 */
export interface OperationType {
  readonly name: string;
  /** What the type covers, one sentence. */
  readonly description: string;
  /** What a blocked caller reads. */
  readonly userMessage: string;
  /** What a blocked caller can do instead. */
  readonly suggestion: string;
}

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

const TRY_LATER = 'Please try again when maintenance is over.';

export const OPERATION_TYPES: readonly OperationType[] = [
  {
    name: 'caption_generation',
    description: 'Generating captions for images.',
    userMessage: 'Caption generation is paused while we carry out maintenance.',
    suggestion:
      'You can still look at captions that exist. Start the generation again when maintenance is over.',
  },
  {
    name: 'job_creation',
    description: 'Starting background jobs.',
    userMessage: 'New jobs cannot be started while we carry out maintenance.',
    suggestion: 'Jobs that are running go on. Start new ones when maintenance is over.',
  },
  {
    name: 'platform_operations',
    description: 'Adding, changing, switching or removing platform connections.',
    userMessage: 'Platform connections cannot be changed while we carry out maintenance.',
    suggestion: 'Your present platform stays selected. Change it when maintenance is over.',
  },
  {
    name: 'batch_operations',
    description: 'Changing or publishing many items in one go.',
    userMessage: 'Batch operations are paused while we carry out maintenance.',
    suggestion: 'Run the batch again when maintenance is over; nothing of it has been carried out.',
  },
  {
    name: 'user_data_modification',
    description: "Changing a user's data: profile, settings, passwords, reviews, registrations.",
    userMessage: 'Changes cannot be saved while we carry out maintenance.',
    suggestion: 'You can go on reading. Keep your changes and save them when maintenance is over.',
  },
  {
    name: 'image_processing',
    description: 'Uploading and processing images.',
    userMessage: 'Images cannot be uploaded or processed while we carry out maintenance.',
    suggestion: 'Upload the image again when maintenance is over.',
  },
  {
    name: 'admin_operations',
    description: 'The administration of the application.',
    userMessage: 'The administration pages are open to administrators only while we carry out maintenance.',
    suggestion: 'Administrators go on working when they are signed in.',
  },
  {
    name: 'read_operations',
    description: 'Looking at data without changing it.',
    userMessage: 'The service is closed while we carry out emergency maintenance.',
    suggestion: TRY_LATER,
  },
  {
    name: 'authentication',
    description: 'Signing in and out, and what a sign-in page needs.',
    userMessage: 'Signing in is limited while we carry out maintenance.',
    suggestion: TRY_LATER,
  },
  {
    name: 'unknown',
    description: 'A write that no rule covers, or a path that has no agreed meaning.',
    userMessage: 'This operation is not available while we carry out maintenance.',
    suggestion: TRY_LATER,
  },
  {
    name: 'canary',
    description: 'The probe by which the health check proves that the block blocks.',
    userMessage: 'The canary is blocked, as it should be.',
    suggestion: 'This route is for health checks only.',
  },
];

/** How the owner may name operation types. */
export const OWN_OPERATION_NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Operation types that the owner may add, at most: their names are part of the state, which has little room. */
export const MOST_OWN_OPERATIONS = 10;

const byName = new Map(OPERATION_TYPES.map((type) => [type.name, type]));

/** The texts of an operation type; general ones for a type that the owner has added. */
export function describeOperation(name: string): OperationType {
  const builtIn = byName.get(name);
  if (builtIn !== undefined) return builtIn;
  const { userMessage, suggestion } = byName.get('unknown') as OperationType;
  return {
    name,
    description: `Operations of the type ${name}, which this service has defined.`,
    userMessage,
    suggestion,
  };
}

export function isBuiltInOperation(name: string): boolean {
  return byName.has(name);
}
