import type { Proven } from '../../support/troubleshooting-page.ts';
import { CHECKLIST, WONT_ACTIVATE } from './rows/checklist-and-activation.ts';

/** Every row that is proven, in the order of the guide. */
export const PROVEN: readonly Proven[] = [
  { file: 'checklist-and-activation', sections: [CHECKLIST, WONT_ACTIVATE] },
];
