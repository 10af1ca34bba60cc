import { randomInt } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { canAsk, type Io } from '../io.ts';
import { askYesNo } from '../prompts/prompts.ts';
import { printJson, printLine } from '../render/output.ts';
import { painterFor, printable } from '../render/painter.ts';
import { row } from '../render/row.ts';
import { askAws, type StackOptions } from '../transport/aws-call.ts';
import { readStack, userPoolOf } from '../transport/stack-resources.ts';

interface PromoteOptions extends StackOptions {
  readonly group: string;
  readonly create?: true;
  readonly yes?: true;
}

interface User {
  readonly username: string;
  readonly status: string;
  readonly enabled: boolean;
  readonly groups: readonly string[];
}

/** Shows what the user pool knows of somebody, and which groups make the role. */
export async function showUser(name: string, options: StackOptions, io: Io): Promise<void> {
  const pool = await openPool(options, io);
  const user = await pool.find(name);
  if (user === null) throw notFound(name, pool.id);
  if (options.json) return printJson(io, { user_pool: pool.id, ...user });
  const paint = painterFor(io.stdout, io.env);
  printLine(io, paint('bold', printable(user.username)));
  printLine(io, row('Groups', user.groups.join(', ') || 'none: a member', paint));
  printLine(io, row('Account', `${user.status}, ${user.enabled ? 'enabled' : 'disabled'}`, paint));
  printLine(io, row('User pool', pool.id, paint));
}

/** Puts somebody into the group of admins, once that is confirmed; the first admin too. */
export async function promoteUser(name: string, options: PromoteOptions, io: Io): Promise<void> {
  const pool = await openPool(options, io);
  const user = await pool.find(name);
  if (user === null && !options.create) throw notFound(name, pool.id);
  const { group } = options;
  if (user?.groups.includes(group)) {
    if (options.json) return printJson(io, { user_pool: pool.id, ...user });
    return printLine(io, printable(`${name} is in the group ${group} already.`));
  }
  await agreed(options, io, [
    ...(user === null ? [`A user "${name}" is created in the user pool ${pool.id}.`] : []),
    `"${name}" is put into the group "${group}": with the next sign-in, nothing is closed to "${name}" any more.`,
  ]);
  const password = user === null ? await pool.create(name) : null;
  await pool.add(name, group);
  const promoted = await pool.find(name);
  const temporary = password === null ? {} : { temporary_password: password };
  if (options.json) return printJson(io, { user_pool: pool.id, ...promoted, ...temporary });
  printLine(io, printable(`${name} is in the group ${group}. It counts from the next sign-in on.`));
  if (password !== null) printLine(io, `Temporary password, shown once: ${password}`);
}

async function openPool(options: StackOptions, io: Io) {
  const id = userPoolOf(await readStack(options, io));
  const client = new CognitoIdentityProviderClient(
    options.region === undefined ? {} : { region: options.region },
  );
  const of = (Username: string) => ({ UserPoolId: id, Username });
  return {
    id,
    find: (name: string): Promise<User | null> =>
      askAws('Looking up the user', options, async (limits) => {
        try {
          const found = await client.send(new AdminGetUserCommand(of(name)), limits);
          const { Groups = [] } = await client.send(new AdminListGroupsForUserCommand(of(name)), limits);
          return {
            username: found.Username ?? name,
            status: found.UserStatus ?? 'UNKNOWN',
            enabled: found.Enabled ?? true,
            groups: Groups.flatMap(({ GroupName }) => GroupName ?? []),
          };
        } catch (error) {
          if (error instanceof Error && error.name === 'UserNotFoundException') return null;
          throw error;
        }
      }),
    create: async (name: string): Promise<string> => {
      const password = temporaryPassword();
      const create = new AdminCreateUserCommand({
        ...of(name),
        TemporaryPassword: password,
        MessageAction: 'SUPPRESS',
      });
      await askAws('Creating the user', options, (limits) => client.send(create, limits));
      return password;
    },
    add: async (name: string, group: string): Promise<void> => {
      const add = new AdminAddUserToGroupCommand({ ...of(name), GroupName: group });
      await askAws(`Putting the user into the group ${group}`, options, (limits) => client.send(add, limits));
    },
  };
}

const ALPHABETS = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '!#%+-=?_'] as const;

/** Has a letter of every kind that a policy may ask for, and none that is taken for another. */
function temporaryPassword(): string {
  return Array.from({ length: 20 }, (_, index) => {
    const letters = ALPHABETS[index % ALPHABETS.length] ?? '';
    return letters[randomInt(letters.length)];
  }).join('');
}

async function agreed(options: { readonly yes?: true }, io: Io, sentences: readonly string[]): Promise<void> {
  if (options.yes) return;
  if (!canAsk(io)) {
    throw new CliError({
      exitCode: EXIT.usage,
      code: 'confirmation_needed',
      message:
        '`maintenance users promote` asks before it acts, and there is no terminal to ask on. Nothing was changed.',
      remedy: 'Add --yes to go on without being asked.',
    });
  }
  io.stderr.write(`${printable(sentences.join('\n'))}\n`);
  if (await askYesNo(io, 'Do it?')) return;
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'not_confirmed',
    message: 'Not confirmed. Nothing was changed.',
  });
}

function notFound(name: string, pool: string): CliError {
  return new CliError({
    exitCode: EXIT.failed,
    code: 'user_not_found',
    message: `There is no user "${name}" in the user pool ${pool}.`,
    remedy: '`maintenance users promote NAME --create` creates one.',
  });
}
