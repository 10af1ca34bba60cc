import { totalOf } from '../../core/attempts/counts.ts';
import type { Statistics } from '../../core/oncall/schemas.ts';
import { rangeOf, statisticsOf, statisticsQueries } from '../../core/oncall/statistics.ts';
import { effective } from '../../core/state/clock.ts';
import { ownOperations, type State } from '../../core/state/state.ts';
import type { Call, Served } from '../http/api-handler.ts';
import type { OncallParts } from './parts.ts';

/** What can't be had is null, and the log says why: statistics are asked for when something is down. */
export async function serveStatistics({ query }: Call<'statistics'>, parts: OncallParts): Promise<Served> {
  const minutes = Number(query.minutes);
  const now = parts.now();
  const state = await orNull('The state', parts.state(), parts);
  const ownTypes = state === null ? [] : ownOperations(state);
  const range = rangeOf(minutes, now);
  const { watched } = parts;
  const [found, maintenance] = await Promise.all([
    orNull('Metrics', parts.metrics.read(statisticsQueries(watched, ownTypes), range), parts),
    maintenanceOf(state, parts),
  ]);
  return { answer: statisticsOf(found, { watched, ownTypes, range, minutes, now, maintenance }) };
}

async function maintenanceOf(state: State | null, parts: OncallParts): Promise<Statistics['maintenance']> {
  const id = state === null ? null : effective(state, parts.now()).maintenance?.id;
  if (id === null || id === undefined) return null;
  const totals = await orNull('Counts', parts.attempts.totals(id), parts);
  return {
    id,
    blocked_calls: totals === null ? null : (totalOf(totals.counts.blocked)?.calls ?? 0),
    distinct_clients: totals?.clients.count ?? null,
  };
}

async function orNull<T>(what: string, reading: Promise<T>, { log }: OncallParts): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    log.warn(`${what} could not be read for statistics.`, { event: 'statistics_incomplete', error });
    return null;
  }
}
