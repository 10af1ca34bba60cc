import { FINDING_SECTIONS, type Finding } from '../../core/health/finding.ts';
import type { LeftOut } from '../doctor/diagnosis.ts';
import { type Paint, printable } from './painter.ts';

const WORDS = { ok: 'ok', warning: 'warning', failed: 'FAILED', unknown: 'unknown' } as const;
const STYLES = { ok: 'green', warning: 'yellow', failed: 'red', unknown: 'dim' } as const;
const CHECK_WIDTH = 23;
const INDENT = ' '.repeat(2 + 9 + CHECK_WIDTH);

/** The findings by section, each with what was seen and what to type. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string {
  return FINDING_SECTIONS.flatMap((section) => {
    const own = together(findings.filter((finding) => finding.section === section));
    return own.length === 0
      ? []
      : [paint('bold', section), ...own.map((finding) => renderFinding(finding, paint))];
  }).join('\n');
}

/** What could not be looked at for the same reason, as one. */
function together(findings: readonly Finding[]): readonly Finding[] {
  const reasons = Map.groupBy(findings, (finding) => {
    const { status, seen, remedy } = finding;
    return status === 'unknown' ? `${seen}\n${remedy}` : finding;
  });
  return [...reasons.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    return [{ ...first, check: [first, ...others].map(({ check }) => check).join(', ') }];
  });
}

function renderFinding({ check, status, seen, remedy, latency_ms: latency }: Finding, paint: Paint): string {
  const word = paint(STYLES[status], WORDS[status].padEnd(9));
  const took = latency === null ? '' : paint('dim', ` (${latency} ms)`);
  const names = check.length < CHECK_WIDTH ? check.padEnd(CHECK_WIDTH) : `${check}\n${INDENT}`;
  const line = `  ${word}${names}${flat(seen)}${took}`;
  return remedy === null ? line : `${line}\n${INDENT}${paint('bold', '→')} ${flat(remedy)}`;
}

/** How it is altogether, in a line. */
export function renderVerdict(findings: readonly Finding[], paint: Paint): string {
  const count = (wanted: Finding['status']): number =>
    findings.filter(({ status }) => status === wanted).length;
  const [failed, warnings, unknown] = [count('failed'), count('warning'), count('unknown')];
  const parts = [
    failed > 0 ? `${failed} failed` : '',
    warnings > 0 ? `${warnings} with a warning` : '',
    unknown > 0 ? `${unknown} unknown` : '',
    `${count('ok')} ok`,
  ].filter((part) => part !== '');
  const style = failed > 0 ? 'red' : warnings + unknown > 0 ? 'yellow' : 'green';
  return paint(['bold', style], `${findings.length} checks: ${parts.join(', ')}.`);
}

export function renderLeftOut({ checks, why, remedy }: LeftOut, paint: Paint): string {
  return paint('dim', flat(`Left out: ${checks.join(', ')}. ${why} ${remedy ?? ''}`.trimEnd()));
}

function flat(text: string): string {
  return printable(text).replaceAll('\n', ' ');
}
