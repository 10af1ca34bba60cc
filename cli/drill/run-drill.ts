import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { Observation } from '../../core/health/observation.ts';
import { rfc3339 } from '../../core/text.ts';
import { CliError } from '../cli-error.ts';
import { diagnose } from '../doctor/diagnosis.ts';
import { ApiObserver } from '../doctor/observe-api.ts';
import type { Sources } from '../doctor/sources.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, numberOf, textOf } from '../json-object.ts';
import type { Transport } from '../transport/transport.ts';
import {
  CLASSIFIED_EXAMPLES,
  criticalAlarms,
  DRILL_REQUESTS,
  DRILL_STEPS,
  type DrillReport,
  type DrillStep,
  judgeChecks,
  judgeClassified,
  judgeRestored,
  judgeSessions,
  type StepResult,
} from './judge-drill.ts';

interface DrillParts {
  readonly api: string;
  readonly transport: Transport;
  readonly sources: Sources;
  readonly io: Io;
  /** Whether a test message goes to each level of escalation. */
  readonly contacts: boolean;
  /** Ends the drill before its time; what it began is ended all the same. */
  readonly signal: AbortSignal;
  /** Told of each step when it is through. */
  readonly show: (result: StepResult) => void;
}

/** The test run ends by itself after so long, s, should this command be killed. */
const MAX_RUN_S = 1800;
/** Until no instance decides by an older state, ms. */
const IN_FORCE_AFTER = 1100;
/** Longest wait for the counts: they travel by the log lines of decisions, ms. */
const COUNTED_WITHIN = 90_000;
const OBSERVATION_LIMIT = 4000;
/** Tries to end the test run, while receipts raise the version. */
const MAX_ENDINGS = 5;

/** Ends a drill, with what is to be said of the step. */
class Aborted extends Error {
  override readonly name = 'Aborted';
}

/**
 * Rehearses a maintenance as a test run, which blocks nothing: begins it, sends two reads of a path that nobody has,
 * and looks at what was recorded. Whatever happens, it ends the test run that it began, and no other maintenance.
 */
export async function runDrill(parts: DrillParts): Promise<DrillReport> {
  const drill = new Drill(parts);
  return await drill.run();
}

class Drill {
  readonly #parts: DrillParts;
  readonly #results: StepResult[] = [];
  readonly #startedAt: string;
  #isAborted = false;
  /** Whether there may be a test run to end: also when nobody knows, because the answer is lost. */
  #mayHaveBegun = false;
  #runId: string | null = null;
  #version = 0;

  constructor(parts: DrillParts) {
    this.#parts = parts;
    this.#startedAt = rfc3339(parts.io.now());
  }

  async run(): Promise<DrillReport> {
    if (await this.#step('checks', () => this.#checks())) {
      try {
        if (await this.#step('enable', () => this.#enable())) await this.#rehearse();
      } finally {
        if (this.#mayHaveBegun) await this.#end();
      }
    }
    return this.#report();
  }

  async #rehearse(): Promise<void> {
    const steps: readonly (readonly [DrillStep, () => Promise<StepResult>])[] = [
      ['in_force', () => this.#inForce()],
      ['classify', () => this.#classify()],
      ['would_block', () => this.#wouldBlock()],
      ['would_purge', async () => judgeSessions(known(await this.#observer().sessions()))],
      ['would_drain', () => this.#wouldDrain()],
      ['contacts', () => this.#contacts()],
    ];
    for (const [step, act] of steps) {
      if (this.#isAborted) return;
      await this.#step(step, async () => {
        await this.#goOn();
        return act();
      });
    }
  }

  /** Never rejects; whether the step has passed. */
  async #step(step: DrillStep, act: () => Promise<StepResult>): Promise<boolean> {
    let result: StepResult;
    try {
      result = await act();
    } catch (error) {
      if (error instanceof Aborted) this.#isAborted = true;
      else if (!(error instanceof CliError)) throw error;
      result = { step, outcome: 'failed', said: (error as Error).message };
    }
    this.#results.push(result);
    this.#parts.show(result);
    return result.outcome === 'passed';
  }

  /** Throws Aborted when somebody or a critical alarm wants the drill to end. */
  async #goOn(): Promise<void> {
    if (this.#parts.signal.aborted) throw new Aborted('The drill was interrupted.');
    const diagnostics = await this.#observer().diagnostics();
    const alarms = diagnostics.outcome === 'observed' ? criticalAlarms(diagnostics.value) : [];
    if (alarms.length > 0) throw new Aborted(`A critical alarm is raised: ${alarms.join(', ')}.`);
  }

  async #checks(): Promise<StepResult> {
    await this.#goOn();
    const { sources } = this.#parts;
    const { findings } = await diagnose(null, sources, () => {});
    const status = await sources.api?.status();
    return judgeChecks(findings, status?.outcome === 'observed' ? status.value : null);
  }

  async #enable(): Promise<StepResult> {
    await this.#goOn();
    this.#mayHaveBegun = true;
    try {
      const answer = await this.#parts.transport.send({
        method: 'POST',
        path: '/enable',
        body: {
          mode: 'test',
          reason: this.#reason,
          duration: MAX_RUN_S,
          auto_end: true,
          notify_users: false,
        },
        idempotencyKey: randomUUID(),
      });
      this.#version = numberOf(answer.version) ?? 0;
    } catch (error) {
      if (error instanceof CliError && error.complaint.exitCode !== EXIT.unreachable)
        this.#mayHaveBegun = false;
      throw error;
    }
    await this.#runReport();
    return { step: 'enable', outcome: 'passed', said: `A test run began (version ${this.#version}).` };
  }

  async #inForce(): Promise<StepResult> {
    await pause(IN_FORCE_AFTER);
    const { is_active, mode, version } = known(await this.#observer().status());
    const isInForce = is_active && mode === 'test' && version >= this.#version;
    const said = isInForce
      ? `The status shows the test run (version ${version}).`
      : `The status shows version ${version}, ${is_active ? mode : 'inactive'}.`;
    return { step: 'in_force', outcome: isInForce ? 'passed' : 'failed', said };
  }

  async #classify(): Promise<StepResult> {
    const found = await Promise.all(
      CLASSIFIED_EXAMPLES.map(async (example) => {
        const { method, path } = example;
        const answer = await this.#parts.transport.send({
          method: 'POST',
          path: '/classify',
          body: { method, path },
        });
        return [example, classified.parse(answer)] as const;
      }),
    );
    return judgeClassified(found);
  }

  async #wouldBlock(): Promise<StepResult> {
    const { api, io, signal } = this.#parts;
    for (const path of Object.values(DRILL_REQUESTS)) {
      const { status } = await fetch(`${api}${path}`, {
        redirect: 'manual',
        signal: AbortSignal.timeout(OBSERVATION_LIMIT * 2),
      }).catch((cause) => {
        throw new CliError(
          { exitCode: EXIT.unreachable, code: 'api_unreachable', message: `GET ${path} got no answer.` },
          { cause },
        );
      });
      if (status === 503) {
        return {
          step: 'would_block',
          outcome: 'failed',
          said: `GET ${path} was answered 503 in a test run.`,
        };
      }
    }
    const deadline = io.now() + COUNTED_WITHIN;
    for (;;) {
      const { would_block, would_allow } = await this.#counts();
      if (would_block > 0 && would_allow > 0) {
        const said = `Recorded: ${would_block} that a maintenance would block, ${would_allow} that it would let pass.`;
        return { step: 'would_block', outcome: 'passed', said };
      }
      if (io.now() > deadline) {
        const said = `Not recorded within ${COUNTED_WITHIN / 1000} s: see the function \`tally\`.`;
        return { step: 'would_block', outcome: 'failed', said };
      }
      if (signal.aborted) throw new Aborted('The drill was interrupted.');
      await pause(500);
    }
  }

  async #counts(): Promise<{ would_block: number; would_allow: number }> {
    const report = await this.#runReport();
    const run = isObject(report.test_run) ? report.test_run : {};
    const calls = isObject(run.calls) ? run.calls : {};
    return { would_block: numberOf(calls.would_block) ?? 0, would_allow: numberOf(calls.would_allow) ?? 0 };
  }

  async #wouldDrain(): Promise<StepResult> {
    const answer = await this.#parts.transport.send({
      method: 'GET',
      path: '/jobs',
      query: { status: 'running', limit: '100' },
    });
    const count = Array.isArray(answer.items) ? answer.items.length : 0;
    const more = answer.next_cursor === null ? '' : ' or more';
    const said = `A maintenance would wait for ${count}${more} running jobs, an emergency would stop them.`;
    return { step: 'would_drain', outcome: 'passed', said };
  }

  async #contacts(): Promise<StepResult> {
    if (!this.#parts.contacts) {
      return { step: 'contacts', outcome: 'skipped', said: 'Nobody was written to; --contacts does that.' };
    }
    for (const level of [1, 2, 3]) {
      await this.#parts.transport.send({
        method: 'POST',
        path: '/escalations',
        body: { level, test: true },
        idempotencyKey: randomUUID(),
      });
    }
    return { step: 'contacts', outcome: 'passed', said: 'A test message went to levels 1, 2 and 3.' };
  }

  async #end(): Promise<void> {
    await this.#step('disable', () => this.#disable());
    await this.#step('restored', async () => {
      await pause(IN_FORCE_AFTER);
      const { status, canary } = await this.#observer().enforcement();
      return judgeRestored(known(status), known(canary), this.#version);
    });
  }

  /** Ends the test run that it began, at the version at which that is sure to be what is active. */
  async #disable(): Promise<StepResult> {
    for (let ending = 1; ; ending += 1) {
      const report = await this.#runReport();
      if (report.status === 'completed') {
        const said = `Something else has ended the test run (${textOf(report.ended_how) ?? 'it is not known how'}).`;
        return { step: 'disable', outcome: 'failed', said };
      }
      try {
        const answer = await this.#parts.transport.send({
          method: 'POST',
          path: '/disable',
          body: {},
          idempotencyKey: randomUUID(),
          ifMatch: numberOf(report.version)?.toString(),
        });
        this.#version = numberOf(answer.version) ?? this.#version;
        return {
          step: 'disable',
          outcome: 'passed',
          said: `The test run is over (version ${this.#version}).`,
        };
      } catch (error) {
        const isOutrun = error instanceof CliError && error.complaint.code === 'precondition_failed';
        if (!isOutrun || ending === MAX_ENDINGS) throw error;
      }
    }
  }

  /** The report of the test run that this drill began: known by its reason, which names the instant of the drill. */
  async #runReport() {
    const { transport } = this.#parts;
    if (this.#runId === null) {
      const { items } = await transport.send({ method: 'GET', path: '/reports', query: { limit: '10' } });
      const runs = Array.isArray(items) ? items.filter(isObject) : [];
      this.#runId = textOf(runs.find(({ reason }) => reason === this.#reason)?.id);
    }
    if (this.#runId !== null) return await transport.send({ method: 'GET', path: `/reports/${this.#runId}` });
    throw new CliError({
      exitCode: EXIT.failed,
      code: 'report_not_found',
      message: `No test run of this drill is known; if one began, it ends by itself within ${MAX_RUN_S / 60} minutes.`,
    });
  }

  get #reason(): string {
    return `Drill of ${this.#startedAt}: a rehearsal, nothing is blocked`;
  }

  /** A fresh one: each observes everything once. */
  #observer(): ApiObserver {
    return new ApiObserver(this.#parts.api, this.#parts.io, OBSERVATION_LIMIT);
  }

  #report(): DrillReport {
    const through = new Map(this.#results.map((result) => [result.step, result]));
    const steps = DRILL_STEPS.map(
      (step): StepResult =>
        through.get(step) ?? { step, outcome: 'skipped', said: 'The drill had ended before.' },
    );
    const hasFailed = steps.some(({ outcome }) => outcome === 'failed');
    return {
      verdict: this.#isAborted ? 'aborted' : hasFailed ? 'failed' : 'passed',
      report_id: this.#runId,
      steps,
      started_at: this.#startedAt,
      finished_at: rfc3339(this.#parts.io.now()),
    };
  }
}

const decisions = z.record(z.string(), z.string());
const classified = z.object({
  operation_type: z.string(),
  decisions: z.object({ normal: decisions, emergency: decisions, test: decisions }),
});

/** What was seen; throws CliError where nothing was. */
function known<T>(found: Observation<T>): T {
  if (found.outcome === 'observed') return found.value;
  throw new CliError({ exitCode: EXIT.failed, code: 'not_seen', message: found.why });
}
