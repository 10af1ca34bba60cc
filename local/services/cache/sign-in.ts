import type { CloudContext } from '../../local-services.ts';
import type { Network } from '../../network.ts';
import { checkConnectToken, parseConnectToken, TokenRefused } from './connect-token.ts';
import type { ServerlessCache } from './serverless-cache.ts';

/** What comes of an attempt to sign in: `unreachable` is for who could not even have connected. */
type SignInOutcome = 'in' | 'refused' | 'unreachable';

/** Group in which the cache says why it let somebody not in. */
export const CACHE_LOG = 'redis';

/** Decides who may use a serverless cache as whom. */
export class SignIn {
  readonly #context: CloudContext;
  readonly #network: Network;
  readonly #cache: ServerlessCache;

  constructor(context: CloudContext, network: Network, cache: ServerlessCache) {
    this.#context = context;
    this.#network = network;
    this.#cache = cache;
  }

  /** @param port at which the cache is served */
  judge(user: string, token: string, port: number): SignInOutcome {
    try {
      const parsed = parseConnectToken(token);
      const { accessKeyId } = parsed;
      const role = this.#context.access.roleOfAccessKey(accessKeyId);
      if (role === undefined) throw new TokenRefused(`The access key ${accessKeyId} is no role's.`);
      if (!this.#network.reachesCache(accessKeyId, this.#cache.resource, port)) {
        this.#log(`The functions of the role ${role} don't reach the cache from where they are.`);
        return 'unreachable';
      }
      checkConnectToken(parsed, { cache: this.#cache.name, user, now: this.#context.clock.now() });
      this.#checkPermissions(role, user);
      return 'in';
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      this.#log(`The user ${user} was refused. ${error.message}`);
      return 'refused';
    }
  }

  #checkPermissions(role: string, user: string): void {
    const known = this.#cache.users.find(({ id }) => id === user);
    if (!known) throw new TokenRefused("It is none of the cache's users who sign in by IAM.");
    for (const arn of [this.#cache.arn, known.arn]) {
      if (!this.#context.access.isAllowed(role, 'elasticache:Connect', arn)) {
        throw new TokenRefused(`The role ${role} is not allowed elasticache:Connect on ${arn}.`);
      }
    }
  }

  #log(message: string): void {
    const { clock, logs } = this.#context;
    logs.append({ group: CACHE_LOG, timestamp: clock.now(), message });
  }
}
