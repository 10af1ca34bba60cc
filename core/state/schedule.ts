import type { ComingWindow, NormalMaintenance, TestRun, WindowSchedule } from './state.ts';

/** Bytes that a schedule may take in a state, as JSON in UTF-8: any one window has room with all its starts. */
export const MAX_SCHEDULE_BYTES = 5120;

/** One time that a window takes place; instants are ms since the epoch. */
export interface Occurrence {
  readonly window: ComingWindow;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The first occurrence that is coming, null when none is known. */
export function nextOccurrence(schedule: WindowSchedule | undefined): Occurrence | null {
  let next: Occurrence | null = null;
  for (const window of schedule?.windows ?? []) {
    const [startsAt = Number.POSITIVE_INFINITY] = window.starts;
    if (startsAt < (next?.startsAt ?? Number.POSITIVE_INFINITY)) {
      next = { window, startsAt, endsAt: startsAt + window.length };
    }
  }
  return next;
}

/** The schedule without an occurrence, which has begun or been absorbed. */
export function without(schedule: WindowSchedule, { window, startsAt }: Occurrence): WindowSchedule {
  const windows = schedule.windows.flatMap((coming) => {
    if (coming.id !== window.id) return coming;
    const starts = coming.starts.filter((start) => start !== startsAt);
    return starts.length === 0 ? [] : { ...coming, starts };
  });
  return { ...schedule, windows };
}

/** The operation types of the owner's that windows to come block. */
export function operationsNamedBy(schedule: WindowSchedule | undefined): readonly string[] {
  if (schedule === undefined) return [];
  if (schedule.hasMore) return schedule.operations;
  const names = schedule.windows.flatMap(({ blockedOperations }) => blockedOperations ?? []);
  return schedule.operations.filter((name) => names.includes(name));
}

/** The maintenance that an occurrence begins: the same, whether the clock tells of it or its event. */
export function maintenanceOf({ window, startsAt, endsAt }: Occurrence): NormalMaintenance | TestRun {
  const { id, mode, scheduledBy, reason, publicReason, autoEnd, blockedOperations, drainDeadline } = window;
  return {
    mode,
    id: occurrenceId(id, startsAt),
    startedAt: startsAt,
    startedBy: scheduledBy,
    notifyUsers: window.notifyUsers ?? true,
    ...(drainDeadline !== undefined && { drainDeadline: startsAt + drainDeadline * 1000 }),
    reason,
    ...(publicReason !== undefined && { publicReason }),
    endsAt,
    autoEnd,
    blockedOperations,
  };
}

/**
 * The id of the maintenance that a window begins at an instant. It may stand in a key of DynamoDB, in a path, and in
 * the name of an execution of Step Functions.
 *
 * @example occurrenceId('w1', Date.UTC(2026, 0, 15, 10)) // 'w1@20260115T100000000Z'
 */
export function occurrenceId(windowId: string, startsAt: number): string {
  return `${windowId}@${new Date(startsAt).toISOString().replace(/[-:.]/g, '')}`;
}

/** The window that began a maintenance, by the maintenance's id; null where an admin did. */
export function windowOf(maintenanceId: string): string | null {
  const [windowId, startsAt] = maintenanceId.split('@');
  return startsAt === undefined ? null : (windowId ?? null);
}
