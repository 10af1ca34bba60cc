import { CANARY_PATH, CONTROL_BASE_PATH } from '../../../core/environment.ts';
import type { AdminPathFacts, CanaryAnswer } from '../../../core/health/agreement.ts';

/** Milliseconds for one call: an authorizer that starts anew takes less. */
const CALL_LIMIT = 3000;

/** The gateway, as anybody meets it. Every method rejects where there is no HTTP answer. */
export class GatewayProbe {
  readonly #url: string;

  /** @param url without a trailing slash */
  constructor(url: string) {
    this.#url = url;
  }

  async canary(): Promise<CanaryAnswer> {
    const response = await this.#get(CANARY_PATH);
    const body = await response.text();
    const { status } = response;
    if (status === 200) return { decision: 'allowed', status, version: versionIn(body) };
    const version = Number(response.headers.get('x-maintenance-version') ?? 0);
    const isDecision = status === 503 && response.headers.get('x-maintenance-active') === 'true';
    return isDecision
      ? { decision: 'blocked', status, version }
      : { decision: 'unavailable', status, version: null };
  }

  async adminPath(): Promise<AdminPathFacts> {
    const statusOf = async (path: string): Promise<number> => {
      const response = await this.#get(`${CONTROL_BASE_PATH}${path}`);
      await response.body?.cancel();
      return response.status;
    };
    const [signIn, whoAmI] = await Promise.all([statusOf('/signin'), statusOf('/whoami')]);
    return { signIn, whoAmI };
  }

  #get(path: string): Promise<Response> {
    return fetch(this.#url + path, { signal: AbortSignal.timeout(CALL_LIMIT), redirect: 'manual' });
  }
}

/** The status of the application's answer past the gateway, without its secret. Rejects where it does not answer. */
export async function askOrigin(url: string): Promise<number> {
  const response = await fetch(`${url}/`, { signal: AbortSignal.timeout(CALL_LIMIT), redirect: 'manual' });
  await response.body?.cancel();
  return response.status;
}

/** The canary's answer tells the version as a text, which is empty where the decision was made without a state. */
function versionIn(body: string): number | null {
  const { version } = JSON.parse(body) as { version?: string };
  return version ? Number(version) : null;
}
