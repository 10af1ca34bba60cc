import { setTimeout as delay } from 'node:timers/promises';
import type { FaultRegistry, FaultService } from '../faults.ts';
import { AwsError, ConnectionLost } from './aws-call.ts';

/** Lets a service's fault act on a call to it, before the call is served. */
export async function suffer(
  faults: FaultRegistry,
  service: FaultService,
  error = new AwsError('InternalServerError', 'The local cloud was asked for errors of this service.', 500),
): Promise<void> {
  const fault = faults.draw(service);
  if (!fault) return;
  if (fault.fault === 'down') throw new ConnectionLost(`${service} is down.`);
  if (fault.fault === 'errors') throw error;
  await delay(fault.ms);
}
