import type { Command } from '../../core/commands/command.ts';
import { NO_PAUSES, type PausableKind, type PauseRecord } from '../../core/drain/pause.ts';
import type { DrainRecord } from '../../core/drain/record.ts';
import { RegisteredJobs } from '../../core/drain/registered-jobs.ts';
import { type DrainName, type Drains, startDrain } from '../../core/drain/start-drain.ts';
import type { JobKind } from '../../core/drain/work-kind.ts';
import { executeCommand } from '../../core/events/append-change.ts';
import { createDrainHandler, type DrainOutput } from '../../lambdas/drain/drain-handler.ts';
import { ALICE, NOW } from './examples.ts';
import { InMemoryEventLog } from './in-memory-event-log.ts';
import { InMemoryJobRegistry } from './in-memory-job-registry.ts';
import { InMemoryVersionedItem } from './in-memory-versioned-item.ts';
import { RecordingLog } from './recording-log.ts';

/** Mappings that can be paused, in memory. */
export class FakeMappings implements PausableKind {
  readonly name = 'event_source_mapping';
  readonly ids: readonly string[];
  readonly states = new Map<string, 'enabled' | 'paused' | 'busy'>();
  /** Called before each change; throws where it is to fail. */
  onSet: (id: string) => void = () => {};

  constructor(states: Readonly<Record<string, 'enabled' | 'paused' | 'busy'>>) {
    this.ids = Object.keys(states);
    for (const [id, state] of Object.entries(states)) this.states.set(id, state);
  }

  async look(id: string) {
    return this.states.get(id) ?? 'gone';
  }

  async set(id: string, to: 'enabled' | 'paused'): Promise<void> {
    this.onSet(id);
    if (this.states.has(id)) this.states.set(id, to);
  }
}

/** The workflow with all around it in memory, its clock moved by its waits. */
export class DrainBench implements Drains {
  readonly events = new InMemoryEventLog();
  readonly registry = new InMemoryJobRegistry();
  readonly pauses = new InMemoryVersionedItem<PauseRecord>(NO_PAUSES);
  readonly log = new RecordingLog();
  readonly written: Record<string, unknown>[] = [];
  /** Executions that run, with the input of their next step and when that is due. */
  readonly executions = new Map<string, { input: DrainName; dueAt: number }>();
  mappings = new FakeMappings({});
  furtherKinds: JobKind[] = [];
  time = NOW;
  readonly #used = new Set<string>();
  readonly #records = new Map<string, InMemoryVersionedItem<DrainRecord | null>>();
  #ids = 0;

  record(maintenanceId = 'm-1'): InMemoryVersionedItem<DrainRecord | null> {
    const known = this.#records.get(maintenanceId) ?? new InMemoryVersionedItem<DrainRecord | null>(null);
    this.#records.set(maintenanceId, known);
    return known;
  }

  async command(command: Command): Promise<void> {
    const newId = (): string => `m-${++this.#ids}`;
    const { outcome } = await executeCommand(
      { log: this.events, now: () => this.time, newId },
      { command, actor: ALICE, answer: () => null },
    );
    if (outcome !== 'done') throw new Error(`The command was not carried out: ${outcome}.`);
  }

  async start(drain: DrainName): Promise<'started' | 'known'> {
    const name = nameOf(drain);
    if (this.executions.has(name)) return 'started';
    if (this.#used.has(name)) return 'known';
    this.#used.add(name);
    this.executions.set(name, { input: drain, dueAt: this.time });
    return 'started';
  }

  async isRunning(drain: DrainName): Promise<boolean> {
    return this.executions.has(nameOf(drain));
  }

  /** What an event or the minute does. */
  invokeStarter() {
    const records = (id: string) => this.record(id);
    return startDrain({
      events: this.events,
      records,
      pauses: this.pauses,
      drains: this,
      now: () => this.time,
    });
  }

  async step({ maintenanceId, generation }: DrainName): Promise<DrainOutput> {
    const handler = createDrainHandler({
      events: this.events,
      records: (id) => this.record(id),
      pausing: { kinds: [this.mappings], record: this.pauses },
      kinds: [new RegisteredJobs(this.registry), ...this.furtherKinds],
      log: this.log,
      write: (line) => this.written.push(JSON.parse(line)),
      now: () => this.time,
    });
    return handler(
      { maintenance_id: maintenanceId, generation },
      { awsRequestId: 'aws-1', getRemainingTimeInMillis: () => 120_000 },
    );
  }

  /**
   * Lets time pass up to an instant: executions take their steps when they are due, and the starter is invoked every
   * minute. `onStep` is called before each step, with the time at that moment.
   */
  async runUntil(instant: number, onStep: () => Promise<void> | void = () => {}): Promise<void> {
    for (;;) {
      const due = [...this.executions].sort(([, one], [, other]) => one.dueAt - other.dueAt)[0];
      const minute = Math.floor(this.time / 60_000 + 1) * 60_000;
      const next = Math.min(due?.[1].dueAt ?? Number.POSITIVE_INFINITY, minute);
      if (next > instant) break;
      this.time = Math.max(this.time, next);
      if (due === undefined || minute < due[1].dueAt) {
        // One that fails is followed by the next minute's.
        await this.invokeStarter().catch(() => {});
        continue;
      }
      await onStep();
      await this.#takeStep(due[0], due[1].input);
    }
    this.time = instant;
  }

  /** The events that tell what a drain has come to. */
  async receipts() {
    const { items } = await this.events.page({ limit: 100 });
    return items.filter((event) => event.type === 'drained' || event.type === 'drain_incomplete').reverse();
  }

  async #takeStep(name: string, input: DrainName): Promise<void> {
    try {
      const { next, seconds } = await this.step(input);
      if (next === 'end') this.executions.delete(name);
      else this.executions.set(name, { input, dueAt: this.time + seconds * 1000 });
    } catch {
      // The workflow repeats a step that failed.
      this.executions.set(name, { input, dueAt: this.time + 1000 });
    }
  }
}

function nameOf({ maintenanceId, generation }: DrainName): string {
  return `${maintenanceId}-${generation}`;
}
