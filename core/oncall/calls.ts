import type { ApiCall } from '../http/api-call.ts';
import {
  diagnosticsAnswer,
  escalationAnswer,
  escalationBody,
  statisticsAnswer,
  statisticsQuery,
} from './schemas.ts';

/** The calls for those on call. They work, as far as they can, while other parts are down. */
export const OPERATIONS_API = {
  diagnostics: {
    method: 'GET',
    path: '/diagnostics',
    servedBy: 'operations',
    needs: 'health_check',
    access: 'admin',
    summary: 'What the newest health check found, with the remedy for each failure, and the alarms.',
    answer: diagnosticsAnswer,
  },
  statistics: {
    method: 'GET',
    path: '/statistics',
    servedBy: 'operations',
    access: 'admin',
    summary:
      'Decisions, latencies, throttles and what else CloudWatch knows; a part is null where it cannot be had.',
    query: statisticsQuery,
    answer: statisticsAnswer,
  },
  escalate: {
    method: 'POST',
    path: '/escalations',
    servedBy: 'operations',
    needs: 'escalation',
    access: 'admin',
    summary: 'Calls those of a level, with the state of the system; or tests that they can be reached.',
    body: escalationBody,
    answer: escalationAnswer,
    problems: ['escalation_unavailable'],
    example: {
      body: {
        level: 2,
        description: 'Sessions of members are not ended',
        impact: 'Members still work in the application',
        steps_taken: ['maintenance doctor', 'maintenance refresh'],
        urgency: 'high',
        contact: 'alice, +49 30 1234567',
      },
    },
  },
} as const satisfies Readonly<Record<string, ApiCall>>;
