import { CONTROL_BASE_PATH } from '../environment.ts';
import { effective } from '../state/clock.ts';
import type { State } from '../state/state.ts';
import { nextWindow } from '../status/status-view.ts';

/**
 * The header that announces the next window with an answer: a link to the status, which tells everybody about it
 * (RFC 8288; relation `status`: RFC 8631). No header where none is coming.
 *
 * @param path of the request: the link is relative to it, because a stage may stand before it
 * @param now ms since the epoch
 * @example nextWindowLink(state, '/api/maintenance/rules', now)
 *   // { Link: '<status>; rel="status"; title="Next maintenance"; starts-at="2026-01-18T01:30:00Z"; ends-at="…"' }
 */
export function nextWindowLink(state: State, path: string, now: number): Readonly<Record<string, string>> {
  const next = nextWindow(effective(state, now).windows);
  if (next === null) return {};
  const { starts_at: startsAt, ends_at: endsAt } = next;
  const title = next.mode === 'test' ? 'Next maintenance rehearsal' : 'Next maintenance';
  return {
    Link: `<${statusFrom(path)}>; rel="status"; title="${title}"; starts-at="${startsAt}"; ends-at="${endsAt}"`,
  };
}

/** The status as a reference relative to a path of the control API (RFC 3986 §5.2). */
function statusFrom(path: string): string {
  if (path === CONTROL_BASE_PATH) return 'maintenance/status';
  const below = path.slice(CONTROL_BASE_PATH.length + 1).split('/').length - 1;
  return `${'../'.repeat(below)}status`;
}
