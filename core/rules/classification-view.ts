import { alwaysAllowedRoutes } from '../decision/always-allowed.ts';
import { BUILT_IN_RULES } from '../decision/built-in-rules.ts';
import { type Classification, createClassifier } from '../decision/classify.ts';
import { decisiveOperation, isForbidden } from '../decision/decide.ts';
import { isUsable } from '../decision/route-matcher.ts';
import { CONTROL_BASE_PATH } from '../environment.ts';
import { effective } from '../state/clock.ts';
import { ROLES, type Role } from '../state/principal.ts';
import type { Maintenance, Mode, State } from '../state/state.ts';
import type { OwnRule } from './rule-set.ts';
import type { ClassificationView } from './schemas.ts';

/** What a decision comes to for somebody who calls. */
type Decision = 'allow' | 'block';

/** Who asks, about what, and by which rules. */
interface ClassificationQuestion {
  readonly method: string;
  readonly path: string;
  readonly state: State;
  readonly rules: readonly OwnRule[];
  /** What maintenance never blocks, as the option names it. */
  readonly alwaysAllowed: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Says how a request is classified, and what would become of it. */
export function classificationView(question: ClassificationQuestion): ClassificationView {
  const { method, path, state, rules, now } = question;
  const classification = createClassifier([rules.filter(isUsable), BUILT_IN_RULES])(method, path);
  const { operation, rule, canonicalPath } = classification;
  const decisive = decisiveOperation(classification);
  const own = rules.find((candidate) => candidate === rule);
  const open = isOpen(question, classification);
  const decisionsOf = (maintenance: Maintenance | null): Record<Role, Decision> => {
    const forbidden =
      !open && maintenance !== null && maintenance.mode !== 'test' && isForbidden(maintenance, decisive);
    const decide = (role: Role): Decision => (forbidden && role !== 'admin' ? 'block' : 'allow');
    return Object.fromEntries(ROLES.map((role) => [role, decide(role)])) as Record<Role, Decision>;
  };
  return {
    canonical_path: canonicalPath,
    rule:
      rule === null
        ? null
        : {
            method: rule.method,
            path: rule.path,
            operation: rule.operation,
            source: own === undefined ? 'built_in' : 'owner',
            id: own?.id ?? null,
          },
    operation_type: operation,
    decisions: {
      normal: decisionsOf(inMode('normal')),
      emergency: decisionsOf(inMode('emergency')),
      test: decisionsOf(inMode('test')),
    },
    current: decisionsOf(effective(state, now).maintenance),
  };
}

/** What no maintenance closes: preflights, the control API, and the owner's list. */
function isOpen(
  { method, path, alwaysAllowed }: ClassificationQuestion,
  { canonicalPath }: Classification,
): boolean {
  if (method === 'OPTIONS' || path === CONTROL_BASE_PATH || path.startsWith(`${CONTROL_BASE_PATH}/`))
    return true;
  if (canonicalPath === null) return false;
  return alwaysAllowedRoutes(alwaysAllowed).find(method, canonicalPath) !== undefined;
}

/** A maintenance of each mode as it is when nothing else is said. */
function inMode(mode: Mode): Maintenance {
  const begun = { id: '-', startedAt: 0, startedBy: '-', notifyUsers: false, reason: '-' };
  if (mode !== 'emergency') return { ...begun, mode, endsAt: null, autoEnd: false, blockedOperations: null };
  return {
    ...begun,
    mode,
    declaredAt: 0,
    declaredBy: '-',
    terminateJobs: false,
    gracePeriod: 0,
    suspended: null,
  };
}
