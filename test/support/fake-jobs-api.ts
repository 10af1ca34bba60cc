import { json, type StubAnswer, type StubRequest, StubServer } from './stub-server.ts';

/** The calls about jobs over real HTTP, for a client: one job, which a test asks to stop, ends or makes fail. */
export class FakeJobsApi {
  readonly server: StubServer;
  /** What has been called so far, and with what. */
  readonly calls: { readonly what: string; readonly body: unknown; readonly request: StubRequest }[] = [];
  /** Answers in place of the usual ones, for calls of a kind, first come first served. */
  readonly instead = new Map<string, (StubAnswer | 'cut')[]>();
  /** What heartbeats are answered. */
  heartbeat = { cancel_requested: false, deadline: null as string | null, status: 'running' };
  /** What the status says, to those who wait. */
  status: object = { is_active: true, mode: 'normal', blocked_operations: ['job_creation'], version: 1 };
  /** Seconds. */
  interval = 0.02;
  #waiting: { readonly what: string; readonly times: number; readonly resolve: () => void }[] = [];

  private constructor(server: StubServer) {
    this.server = server;
    server.answer = (request, response) => {
      if (request.url === '/api/maintenance/status') {
        json(200, this.status)(request, response);
        return;
      }
      const [, id, what = id === undefined ? 'register' : ''] =
        /^\/api\/maintenance\/jobs(?:\/([^/]+)(?:\/(\w+))?)?$/.exec(request.url) ?? [];
      this.calls.push({ what, body: JSON.parse(request.body), request });
      const given = this.instead.get(what)?.shift();
      if (given === 'cut') response.destroy();
      else (given ?? this.#usual(what))(request, response);
      this.#waiting = this.#waiting.filter((waiting) => {
        if (this.count(waiting.what) < waiting.times) return true;
        waiting.resolve();
        return false;
      });
    };
  }

  static async start(): Promise<FakeJobsApi> {
    return new FakeJobsApi(await StubServer.start());
  }

  count(what: string): number {
    return this.calls.filter((call) => call.what === what).length;
  }

  bodies(what: string): unknown[] {
    return this.calls.filter((call) => call.what === what).map(({ body }) => body);
  }

  /** Resolves when so many more calls of a kind have come. */
  async next(what: string, more = 1): Promise<void> {
    const times = this.count(what) + more;
    await new Promise<void>((resolve) => this.#waiting.push({ what, times, resolve }));
  }

  #usual(what: string): StubAnswer {
    switch (what) {
      case 'register':
        return json(201, { id: 'job-1', heartbeat_interval: this.interval });
      case 'heartbeat':
        return json(200, this.heartbeat);
      default:
        return json(200, { id: 'job-1' });
    }
  }
}

export function blocked(retryAfter: number): StubAnswer {
  const body = {
    error: 'maintenance_active',
    message: 'New jobs cannot be started while we carry out maintenance.',
    maintenance: { mode: 'normal', reason: 'Upgrade', estimated_completion: '2026-01-15T10:30:00Z' },
  };
  return json(503, body, { 'retry-after': String(retryAfter) });
}
