import { randomInt, randomUUID } from 'node:crypto';
import type { MovableClock } from '../../clock.ts';
import type { Stack } from '../../stack.ts';
import { AwsError } from '../aws-call.ts';
import { checkPassword } from './password-policy.ts';
import { type PoolSettings, poolSettings } from './pool-settings.ts';
import type { User, UserDirectory } from './user-directory.ts';

type Input = Readonly<Record<string, unknown>>;
type Attributes = readonly { readonly Name: string; readonly Value?: string }[];

/** What administrators do to users. Source: the Cognito user pools API reference. */
export class UserAdministration {
  readonly operations: Readonly<Record<string, (input: Input) => object>> = {
    AdminCreateUser: (input) => this.#create(input),
    AdminGetUser: (input) => this.#get(input),
    AdminSetUserPassword: (input) => this.#setPassword(input),
    AdminEnableUser: (input) => this.#change(input, () => ({ enabled: true })),
    AdminDisableUser: (input) => this.#change(input, () => ({ enabled: false })),
    AdminAddUserToGroup: (input) =>
      this.#change(input, ({ groups }) => ({ groups: [...new Set([...groups, this.#group(input)])] })),
    AdminRemoveUserFromGroup: (input) =>
      this.#change(input, ({ groups }) => {
        const left = this.#group(input);
        return { groups: groups.filter((group) => group !== left) };
      }),
    AdminListGroupsForUser: (input) => ({
      Groups: this.#user(input).groups.map((GroupName) => ({ GroupName, UserPoolId: input.UserPoolId })),
    }),
    ListUsers: (input) => ({
      Users: this.#directory
        .list(this.#pool(input).id)
        .map((user) => ({ ...described(user), Attributes: attributeList(user) })),
    }),
  };
  readonly #stack: Stack;
  readonly #clock: MovableClock;
  readonly #directory: UserDirectory;

  constructor(stack: Stack, clock: MovableClock, directory: UserDirectory) {
    this.#stack = stack;
    this.#clock = clock;
    this.#directory = directory;
  }

  #create(input: Input): object {
    const pool = this.#pool(input);
    const username = this.#username(input);
    if (this.#directory.find(pool.id, username)) {
      throw new AwsError('UsernameExistsException', 'User account already exists');
    }
    const password = input.TemporaryPassword ?? `Aa1!${randomInt(10 ** 12)}`.padEnd(99, '0');
    if (input.TemporaryPassword !== undefined) checkPassword(pool.passwordPolicy, String(password));
    const now = this.#clock.now();
    const given = ((input.UserAttributes ?? []) as Attributes).map(({ Name, Value = '' }) => [Name, Value]);
    const user: User = {
      poolId: pool.id,
      username,
      attributes: { ...Object.fromEntries(given), sub: randomUUID() },
      password: String(password),
      status: 'FORCE_CHANGE_PASSWORD',
      enabled: true,
      groups: [],
      created: now,
      modified: now,
    };
    this.#directory.save(user);
    return { User: { ...described(user), Attributes: attributeList(user) } };
  }

  #get(input: Input): object {
    const user = this.#user(input);
    const mfa = user.oneTimePasswords?.verified
      ? { PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA', UserMFASettingList: ['SOFTWARE_TOKEN_MFA'] }
      : {};
    return { ...described(user), UserAttributes: attributeList(user), ...mfa };
  }

  #setPassword(input: Input): object {
    const password = String(input.Password);
    checkPassword(this.#pool(input).passwordPolicy, password);
    const status = input.Permanent === true ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD';
    return this.#change(input, () => ({ password, status }));
  }

  #change(input: Input, change: (user: User) => Partial<User>): object {
    const user = this.#user(input);
    this.#directory.save({ ...user, ...change(user), modified: this.#clock.now() });
    return {};
  }

  #pool(input: Input): PoolSettings {
    return poolSettings(this.#stack, input.UserPoolId);
  }

  #username(input: Input): string {
    if (typeof input.Username === 'string' && input.Username !== '') return input.Username;
    throw new AwsError('InvalidParameterException', 'Missing required parameter Username');
  }

  #user(input: Input): User {
    const user = this.#directory.find(this.#pool(input).id, this.#username(input));
    if (!user) throw new AwsError('UserNotFoundException', 'User does not exist.');
    return user;
  }

  #group(input: Input): string {
    const name = String(input.GroupName);
    if (this.#pool(input).groups.includes(name)) return name;
    throw new AwsError('ResourceNotFoundException', 'Group not found.');
  }
}

const described = ({ username, enabled, status, created, modified }: User) => ({
  Username: username,
  Enabled: enabled,
  UserStatus: status,
  UserCreateDate: Math.floor(created / 1000),
  UserLastModifiedDate: Math.floor(modified / 1000),
});

const attributeList = ({ attributes }: User) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
