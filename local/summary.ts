import type { Local } from './start-local.ts';

/** What a person needs to know once everything runs: addresses, sign-ins, and commands to copy. */
export function summary({ cloud, url, originUrl, redisUrl, awsEndpointUrl, users }: Local): string {
  const people = Object.values(users);
  const admin = users.admin;
  const row = (cells: readonly string[]) => `  ${cells[0]?.padEnd(10)}${cells[1]?.padEnd(18)}${cells[2]}\n`;
  const signIn =
    admin &&
    `  npx maintenance login --api ${url} --username ${admin.username} --password ${admin.password}\n` +
      `  npx maintenance enable --reason "Database upgrade" --duration 1800\n` +
      // A toggle is in force within a second: without the wait, lines that are pasted together would be too early.
      `  sleep 1 && curl -i -X POST ${url}/start_caption_generation\n` +
      `  npx maintenance disable --yes\n`;
  return `
Everything is running.

  API and application   ${url}
  Console               ${url}/console/
  Origin, directly      ${originUrl}
${redisUrl === null ? '' : `  Redis                 ${redisUrl}\n`}  AWS APIs              ${awsEndpointUrl}
  State table           ${cloud.stack.outputs().TableName}

Sign-ins${redisUrl === null ? '' : ' (the session is for the cookie session_id)'}:
${row(['user', 'password', redisUrl === null ? '' : 'session'])}${people.map((user) => row([user.username, user.password, user.session_id ?? ''])).join('')}
Try it, in another terminal:
  curl -i -X POST ${url}/start_caption_generation
${signIn ?? ''}
Ctrl-C stops everything. The state is kept for the next start, unless that is with --fresh.
`;
}
