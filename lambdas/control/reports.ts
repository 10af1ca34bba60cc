import Negotiator from 'negotiator';
import { BUILT_IN_RULES } from '../../core/decision/built-in-rules.ts';
import { readDrainRecord } from '../../core/drain/record.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import { NO_NOTICES, type NoticeRecord } from '../../core/notices/record.ts';
import type { ReportDrain } from '../../core/reports/drain.ts';
import type { ReportFacts } from '../../core/reports/facts.ts';
import { findReport, MAX_EVENTS_READ } from '../../core/reports/find-reports.ts';
import { reportsPage } from '../../core/reports/page.ts';
import type { ReportView } from '../../core/reports/schemas.ts';
import { reportMarkdown } from '../../core/reports/to-markdown.ts';
import {
  areCountsExpired,
  type ReportCounts,
  type ReportWatch,
  reportView,
} from '../../core/reports/view.ts';
import { withTimeLimit } from '../aws/time-limit.ts';
import type { Answered, Call, Served } from '../http/api-handler.ts';
import { headerValues, type ProxyEvent } from '../http/proxy-event.ts';
import type { ControlParts } from './parts.ts';

/** Milliseconds that a reading of counts, or of the drain, may take. */
const TIME_LIMIT_MS = 3000;

/** The reports, newest first, a page at a time. Throws HttpProblem or StoreUnavailableError. */
export async function listReports(
  { query }: Call<'reports'>,
  { events, now }: ControlParts,
): Promise<Answered> {
  return { answer: await reportsPage(query, events, now()) };
}

/** One report, as JSON or as a page for people. Throws HttpProblem or StoreUnavailableError. */
export async function showReport(
  { event, parameters, query }: Call<'report'>,
  parts: ControlParts,
): Promise<Served> {
  const report = await reportOf(idIn(parameters.id ?? ''), parts);
  const form = query.format ?? (prefersMarkdown(event) ? 'markdown' : 'json');
  const vary = { Vary: 'Authorization, Cookie, Origin, Accept' };
  if (form === 'json') return { answer: report, headers: vary };
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'text/markdown; charset=utf-8', ...vary },
    body: reportMarkdown(report),
    isBase64Encoded: false,
  };
}

async function reportOf(id: string, parts: ControlParts): Promise<ReportView> {
  const { events, rules, purging } = parts;
  const now = parts.now();
  const found = await findReport(events, id, now);
  if (found === null) {
    throw new HttpProblem(
      'report_not_found',
      `There is no report "${id}" among the last ${MAX_EVENTS_READ} events of the log.`,
    );
  }
  const { facts, newest } = found;
  const [counts, purged, drain, watched, given] = await Promise.all([
    countsOf(parts, facts, now),
    purging(),
    drainOf(parts, facts),
    watchOf(parts, facts),
    noticesOf(parts, facts),
  ]);
  const last = facts.events.findLast(({ state }) => state.maintenance?.id === id)?.state ?? newest;
  const known = facts.kind === 'test_run' ? [...(await rules.read(last.rules)), ...BUILT_IN_RULES] : [];
  return reportView(facts, {
    counts,
    rules: known,
    endedSessions: purged?.ended?.maintenanceId === id ? purged.ended.deleted : null,
    drain,
    watched,
    notices: given,
    newest,
    now,
  });
}

/** Counts are never worth an error: the rest of the report is there without them. */
async function countsOf(
  { attempts, log }: ControlParts,
  facts: ReportFacts,
  now: number,
): Promise<ReportCounts> {
  if (areCountsExpired(facts, now)) return { source: 'expired' };
  try {
    const reading = Promise.all([attempts.totals(facts.id), attempts.record(facts.id)]);
    const [totals, record] = await withTimeLimit(TIME_LIMIT_MS, reading);
    return { source: 'activity_table', totals, record };
  } catch (error) {
    log.warn('Counts could not be read; the report is shown without them.', {
      event: 'counts_read_failed',
      error,
    });
    return { source: 'unavailable' };
  }
}

/** Nor is the record of the drain. A test run drains nothing. */
async function drainOf({ drains, log }: ControlParts, { id, kind }: ReportFacts): Promise<ReportDrain> {
  if (kind === 'test_run') return { source: 'none' };
  try {
    const record = await withTimeLimit(TIME_LIMIT_MS, readDrainRecord(drains, id));
    return record === null ? { source: 'none' } : { source: 'recorded', record };
  } catch (error) {
    log.warn('The record of the drain could not be read; the report is shown without it.', {
      event: 'drain_read_failed',
      error,
    });
    return { source: 'unavailable' };
  }
}

/** Nor is what the health check saw. */
async function watchOf({ watched, log }: ControlParts, { id }: ReportFacts): Promise<ReportWatch> {
  try {
    const { entry } = await withTimeLimit(TIME_LIMIT_MS, watched(id).read());
    return entry === null ? { source: 'none' } : { source: 'recorded', record: entry };
  } catch (error) {
    log.warn('What the health check saw could not be read; the report is shown without it.', {
      event: 'watch_read_failed',
      error,
    });
    return { source: 'unavailable' };
  }
}

/** Nor are the notices; only emergencies tell what became of theirs. */
async function noticesOf(
  { notices, log }: ControlParts,
  { id, emergencies }: ReportFacts,
): Promise<NoticeRecord | null> {
  if (emergencies.length === 0) return NO_NOTICES;
  try {
    return (await withTimeLimit(TIME_LIMIT_MS, notices(id).read())).entry;
  } catch (error) {
    log.warn('The record of notices could not be read; the report is shown without it.', {
      event: 'notices_read_failed',
      error,
    });
    return null;
  }
}

/** An id with an `@` in it may come encoded; what can't be decoded is nobody's id. */
function idIn(parameter: string): string {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
}

/** JSON for whoever does not ask for something else: first in the list wins a tie. */
function prefersMarkdown(event: ProxyEvent): boolean {
  const value = headerValues(event, 'accept').join(',');
  if (!value.includes('markdown')) return false;
  const [preferred] = new Negotiator({ headers: { accept: value } }).mediaTypes([
    'application/json',
    'text/markdown',
  ]);
  return preferred === 'text/markdown';
}
