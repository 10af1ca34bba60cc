import { expect } from '@jest/globals';
import { OnCall } from '../../support/on-call.ts';
import { prove } from '../../support/troubleshooting-row.ts';
import { CHECKLIST } from './rows/checklist-and-activation.ts';

const onCall = OnCall.forThisFile();

prove(CHECKLIST, onCall, {
  'checklist: status': async () => {
    await onCall.gate.enable({ duration: 60 });
    await onCall.gate.advanceClock(120_000);
    await onCall.signIn('admin');
    const overdue = async () => (await onCall.doctor('--section', 'status')).checks.maintenance_overdue;
    expect(await overdue()).toMatchObject({ status: 'warning' });
    await onCall.done('update', '--duration', '30m');
    expect(await overdue()).toMatchObject({ status: 'ok' });
  },
});
