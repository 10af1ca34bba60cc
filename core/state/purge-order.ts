import type { Maintenance, PurgeOrder, State } from './state.ts';

/** Every scope, from the one that reaches least. */
const SCOPES = ['named', 'members', 'everybody'] as const satisfies readonly PurgeOrder['scope'][];

/**
 * The order that stands after another was given: it asks for what both asked for, under the newer one's id, so that
 * its run begins anew and nothing of either is lost.
 *
 * It may ask for a little more: sessions that began between the two belong to both. An admin's session goes only where
 * one of the two reaches admins.
 *
 * @example mergeOrders(state.purge, { id: 'purge-8', at: now, scope: 'named', users: ['mia'], … }).scope // that of state.purge
 */
export function mergeOrders(standing: PurgeOrder | undefined, given: PurgeOrder): PurgeOrder {
  if (standing === undefined) return given;
  return {
    id: given.id,
    scope: reach(standing) > reach(given) ? standing.scope : given.scope,
    users: [...new Set([...standing.users, ...given.users])],
    spared: sparedByBoth(standing, given),
    ...circumstances(standing, given),
  };
}

function reach({ scope }: PurgeOrder): number {
  return SCOPES.indexOf(scope);
}

/** Only an order for everybody spares anybody; the other one never asked for that admin's session. */
function sparedByBoth(standing: PurgeOrder, given: PurgeOrder): string | null {
  if (standing.scope !== 'everybody') return given.spared;
  if (given.scope !== 'everybody') return standing.spared;
  return standing.spared === given.spared ? given.spared : null;
}

/** Instant and maintenance limit `scope` alone, so an order that only names users has no say in them. */
function circumstances(standing: PurgeOrder, given: PurgeOrder): Pick<PurgeOrder, 'at' | 'maintenanceId'> {
  if (standing.scope === 'named') return { at: given.at, maintenanceId: given.maintenanceId };
  if (given.scope === 'named') return { at: standing.at, maintenanceId: standing.maintenanceId };
  const isOfMaintenance = standing.maintenanceId !== null && given.maintenanceId !== null;
  return {
    at: Math.max(standing.at, given.at),
    maintenanceId: isOfMaintenance ? given.maintenanceId : null,
  };
}

/** The order that the next event gives. Its id is as unique as the event's number. */
export function nextOrder(
  { version }: State,
  now: number,
  asked: Pick<PurgeOrder, 'scope'> & Partial<Pick<PurgeOrder, 'users' | 'spared'>>,
  maintenance: Maintenance | null,
): PurgeOrder {
  return {
    id: `purge-${version + 1}`,
    at: now,
    // A test run closes nothing to anybody: an order during one is as good as one without.
    maintenanceId: maintenance === null || maintenance.mode === 'test' ? null : maintenance.id,
    users: [],
    spared: null,
    ...asked,
  };
}
