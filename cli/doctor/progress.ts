import { FINDING_SECTIONS, type FindingSection } from '../../core/health/finding.ts';
import type { Io } from '../io.ts';

/** Shows which sections are through. */
export interface Progress {
  show(section: FindingSection): void;
  stop(): void;
}

/** To the start of the line, and all of it cleared. */
const CLEAR = '\r\u001b[K';

/** A line on standard error where that is a terminal, and nothing at all elsewhere. */
export function openProgress({ stderr }: Io, { json }: { readonly json?: true }): Progress {
  if (stderr.isTTY !== true || json) return { show: () => {}, stop: () => {} };
  const through = new Set<FindingSection>();
  const draw = () => {
    const parts = FINDING_SECTIONS.map((section) => (through.has(section) ? `${section} ✓` : section));
    stderr.write(`${CLEAR}Looking: ${parts.join(', ')}`);
  };
  draw();
  return {
    show: (section) => {
      through.add(section);
      draw();
    },
    stop: () => stderr.write(CLEAR),
  };
}
