import type { Proven } from '../../support/troubleshooting-page.ts';
import { DATABASE_AND_NETWORK, SESSIONS_STAY, STILL_ACCESSIBLE } from './rows/blocking-and-sessions.ts';
import { CHECKLIST, WONT_ACTIVATE } from './rows/checklist-and-activation.ts';
import { EMERGENCY, PERFORMANCE } from './rows/emergency-and-performance.ts';
import { ESCALATION, LOGS, MONITORING } from './rows/operations.ts';

/** Every row that is proven, in the order of the guide. */
export const PROVEN: readonly Proven[] = [
  { file: 'checklist-and-activation', sections: [CHECKLIST, WONT_ACTIVATE] },
  { file: 'blocking-and-sessions', sections: [STILL_ACCESSIBLE, SESSIONS_STAY, DATABASE_AND_NETWORK] },
  { file: 'emergency-and-performance', sections: [EMERGENCY, PERFORMANCE] },
  { file: 'operations', sections: [LOGS, ESCALATION, MONITORING] },
];
