import type { PresentedCredential } from '../identity/identity.ts';
import type { Language } from '../messages/registry.ts';

/**
 * By which of the gateway's routes a request came. `origin`: goes on to the application. `control`: goes to our own
 * functions. `page`: the maintenance page. `canary`: the health check's probe.
 */
export type Route = 'origin' | 'control' | 'page' | 'canary';

/** What a refusal and a log line take of a request. Costly facts are asked for when they matter. */
export interface DecidedRequest {
  readonly route: Route;
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  /** Reading of a monotonic clock when the request arrived, ms. */
  readonly startedAt: number;
  readonly prefersHtml: () => boolean;
  /** The language that the caller would like to be spoken to in. */
  readonly language: () => Language;
}

/** A request that came to the gateway. */
export interface GatewayRequest extends DecidedRequest {
  /** The template of the gateway's route, e.g. `/api/maintenance/{proxy+}`; where that is known. */
  readonly resource?: string;
  /** The verbs that `X-HTTP-Method-Override` names, in upper case: API Gateway passes the request on by them. */
  readonly otherMethods?: () => readonly string[];
  readonly sourceAddress: string;
  readonly identify: (now: number) => Promise<PresentedCredential>;
}
