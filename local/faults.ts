/** The AWS APIs that can be made to fail, for every caller. */
export const FAULTY_APIS = [
  'apigateway',
  'cloudformation',
  'cognito',
  'dynamodb',
  'elasticache',
  'events',
  'logs',
  'monitoring',
  'secretsmanager',
  'sns',
  'sqs',
  'states',
] as const;

/** One of the AWS APIs that can be made to fail. */
export type FaultyApi = (typeof FAULTY_APIS)[number];

/**
 * What can be made to fail: an AWS API, for every caller or for one function (`dynamodb:<name>`), Redis, the origins, a function
 * (`lambda:<name>`), or what its role allows it (`iam:<name>`).
 */
export type FaultService = 'redis' | 'origin' | FaultyApi | `${FaultyApi | 'lambda' | 'iam'}:${string}`;

/**
 * What is wrong: `down` (unreachable, or a function that crashes), `slow` (an answer comes `ms` later), `errors`
 * (a share `rate` of the calls is answered with an error), `throttled` (a function at its limit), `init_error` (a
 * function that does not start), `full` (a Redis without room for more).
 */
export interface Fault {
  readonly fault: 'down' | 'slow' | 'errors' | 'throttled' | 'init_error' | 'full';
  /** Milliseconds added to each call while `slow`. */
  readonly ms: number;
  /** Share of the calls, from 0 to 1, that the fault hits. */
  readonly rate: number;
}

/** A fault as a program asks for it; `none` ends the fault of that service. */
export interface FaultRequest {
  readonly service: FaultService;
  readonly fault: Fault['fault'] | 'none';
  /** Default 500. */
  readonly ms?: number;
  /** Default 1. */
  readonly rate?: number;
}

/** The faults that a service can have. */
export function faultsOf(service: FaultService): readonly Fault['fault'][] {
  if (service.startsWith('iam:')) return ['errors'];
  if (service === 'origin') return ['down', 'slow'];
  if (service.startsWith('lambda:')) return ['down', 'slow', 'errors', 'throttled', 'init_error'];
  return service === 'redis' ? ['down', 'slow', 'errors', 'full'] : ['down', 'slow', 'errors'];
}

/** Told when a service's fault begins, changes or ends (`undefined`). */
type FaultListener = (service: FaultService, fault: Fault | undefined) => void;

/** Holds which services fail at the moment. Every part of the local cloud asks here before it works. */
export class FaultRegistry {
  readonly #faults = new Map<FaultService, Fault>();
  readonly #listeners = new Set<FaultListener>();
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /**
   * Starts, changes or ends a fault.
   *
   * @example faults.set({ service: 'lambda:authorizer', fault: 'down' })
   */
  set(request: FaultRequest): void {
    const fault =
      request.fault === 'none'
        ? undefined
        : { fault: request.fault, ms: request.ms ?? 500, rate: request.rate ?? 1 };
    if (fault) this.#faults.set(request.service, fault);
    else this.#faults.delete(request.service);
    for (const listener of this.#listeners) listener(request.service, fault);
  }

  /** The service's fault, whether or not it hits the next call. */
  get(service: FaultService): Fault | undefined {
    return this.#faults.get(service);
  }

  /** The fault that hits this one call, if any: the service's fault, drawn by its rate. */
  draw(service: FaultService): Fault | undefined {
    const fault = this.#faults.get(service);
    return fault && (fault.rate >= 1 || this.#random() < fault.rate) ? fault : undefined;
  }

  /** Every fault in force, by service. */
  list(): Readonly<Record<string, Fault>> {
    return Object.fromEntries(this.#faults);
  }

  /** Calls the listener at each change; returns a function that ends this. */
  onChange(listener: FaultListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
