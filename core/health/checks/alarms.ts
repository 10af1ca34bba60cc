import type { AlarmSeen } from '../health-record.ts';
import { type ComponentFindings, findingsOf, type Look, silence } from './components.ts';

/** Which alarms are raised. */
export function alarmFindings(look: Look<readonly AlarmSeen[]>): ComponentFindings {
  const finding = findingsOf('status', look.latency);
  if (!look.answered) {
    const seen = `CloudWatch ${silence(look)} about the alarms.`;
    const remedy = 'Look at the alarms in the console of CloudWatch.';
    return { component: 'alarms', findings: [finding('alarms', 'unknown', seen, remedy)] };
  }
  const raised = raisedIn(look.facts).filter(({ severity }) => severity !== 'info');
  return {
    component: 'alarms',
    findings: [
      raised.length === 0
        ? finding('alarms', 'ok', 'No alarm is raised.')
        : finding(
            'alarms',
            'warning',
            `Raised: ${raised.map(({ name }) => name).join(', ')}.`,
            raised.map(({ runbook }) => runbook).join(', '),
          ),
    ],
  };
}

export function raisedIn(alarms: readonly AlarmSeen[]): readonly AlarmSeen[] {
  return alarms.filter(({ state }) => state === 'alarm');
}
