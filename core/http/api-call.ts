import type * as z from 'zod';
import type { OptionalPart } from './not-deployed.ts';
import type { ProblemCode } from './problem.ts';

/** One call of the HTTP API: what it takes and answers, and who may make it. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/maintenance, '' for itself; `{name}` stands for one segment. */
  readonly path: string;
  /** The function that serves it. */
  readonly servedBy: 'control' | 'status' | 'health' | 'sessions' | 'jobs' | 'operations';
  /**
   * `public`: everybody. `caller`: whoever has a valid credential. `worker`: workers and admins. `fresh_admin`: admins
   * who signed in lately.
   */
  readonly access: 'public' | 'caller' | 'worker' | 'admin' | 'fresh_admin';
  /** The field of the body that makes a call of admins one for those who signed in lately, where it is true. */
  readonly freshFor?: string;
  /** What it takes that not every deployment has: without it, it is 404 `not_deployed`. */
  readonly needs?: OptionalPart;
  /** One sentence. */
  readonly summary: string;
  readonly body?: z.ZodType;
  /** Whether a body that doesn't fit is answered rather than refused: serving the call judges it. */
  readonly checksBody?: true;
  readonly query?: z.ZodObject;
  readonly answer: z.ZodType;
  /** The status of that answer. @default 200 */
  readonly status?: 201 | 202;
  /** Whether it changes the state: then If-Match and Idempotency-Key are honoured. */
  readonly changesState?: true;
  /** Whether Idempotency-Key is honoured although it changes no state. */
  readonly isRepeatable?: true;
  /** Whether maintenance may refuse it, as it refuses calls of the application. */
  readonly isBlockable?: true;
  /** What it may be refused with, beside what its access and its form bring about. */
  readonly problems?: readonly ProblemCode[];
  /** Whether it answers with Markdown too, to those who ask for that. */
  readonly hasMarkdown?: true;
  /** Whether a 503 has the same form as the answer. */
  readonly unhealthy?: true;
  readonly example?: { readonly body: unknown };
}
