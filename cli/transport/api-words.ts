const COMMANDS: Readonly<Record<string, string>> = {
  'POST enable': 'maintenance enable',
  'POST emergency': 'maintenance emergency',
  'POST deescalate': 'maintenance deescalate',
  'POST disable': 'maintenance disable',
  'POST validate': 'maintenance validate',
  'GET whoami': 'maintenance whoami',
  'GET status': 'maintenance status',
  'GET history': 'maintenance history',
  'GET reports': 'maintenance reports',
  'GET rules': 'maintenance rules list',
  'DELETE rules': 'maintenance rules remove',
  'POST refresh': 'maintenance refresh',
  'POST reset': 'maintenance reset',
  'GET jobs': 'maintenance jobs list',
  'POST sessions': 'maintenance sessions',
  'POST revocations': 'maintenance users revoke',
  'GET windows': 'maintenance windows list',
  'PATCH windows': 'maintenance windows change',
  'DELETE windows': 'maintenance windows cancel',
  PATCH: 'maintenance update',
};

/** Names of the API that no text for people uses otherwise. */
const FIELD =
  /\b(?:auto_end|blocked_operations|starts_at|ends_at|rrule|grace_period|If-Match|Idempotency-Key)\b/g;
const CALL = /\b(GET|POST|PATCH|DELETE) \/api\/maintenance(?:\/([a-z]+))?(?:\/([\w-]+))?/g;

/**
 * What the API says in its own words, said in those of the command line.
 *
 * @example inCommandWords('POST /api/maintenance/disable ends it') // '`maintenance disable` ends it'
 */
export function inCommandWords(text: string): string {
  return text
    .replace(CALL, (call, method: string, name: string | undefined, id: string | undefined) => {
      const command = COMMANDS[name === undefined ? method : `${method} ${name}`];
      return command === undefined ? call : `\`${[command, id].filter(Boolean).join(' ')}\``;
    })
    .replace(FIELD, optionFor);
}

const OPTIONS: Readonly<Record<string, string>> = {
  reason: '--reason',
  public_reason: '--public-reason',
  duration: '--duration',
  extend: '--extend',
  starts_at: '--starts-at',
  ends_at: '--ends-at',
  rrule: '--rrule',
  timezone: '--timezone',
  mode: '--mode',
  auto_end: '--auto-end',
  blocked_operations: '--block',
  grace_period: '--grace-period',
  limit: '--limit',
  cursor: '--cursor',
  role: '--role',
  'idempotency-key': '--idempotency-key',
  'if-match': '--if-match',
};

/** The option that fills a field of the API; `blocked_operations[0]` and the like are `--block`. */
export function optionFor(field: string): string {
  const name = field.toLowerCase().replace(/[[./].*$/, '');
  return OPTIONS[name] ?? field;
}
