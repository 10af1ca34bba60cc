import { setTimeout as delay } from 'node:timers/promises';
import { FAULTY_APIS, type FaultRegistry, type FaultService, type FaultyApi } from '../faults.ts';
import type { CloudContext } from '../local-services.ts';
import { type AwsCall, AwsError, ConnectionLost } from './aws-call.ts';

/** The APIs by the names under which their calls are signed, where those differ. */
const BY_SIGNING_NAME: Readonly<Record<string, FaultyApi>> = { 'cognito-idp': 'cognito' };

/** APIs whose services let their faults act themselves: on calls that are not signed, or with errors of their own. */
const THEMSELVES: ReadonlySet<FaultyApi> = new Set(['cognito', 'dynamodb', 'events', 'states']);

/**
 * Lets the faults act that hit a signed call before it gets to its service: of the API, and of the API for the
 * function that calls.
 */
export async function sufferSigned(
  { faults, access }: Pick<CloudContext, 'faults' | 'access'>,
  { accessKeyId }: AwsCall,
  signingName: string,
): Promise<void> {
  const api = FAULTY_APIS.find((name) => name === (BY_SIGNING_NAME[signingName] ?? signingName));
  if (!api) return;
  if (!THEMSELVES.has(api)) await suffer(faults, api);
  const role = access.roleOfAccessKey(accessKeyId);
  for (const name of role === undefined ? [] : access.functionsOf(role))
    await suffer(faults, `${api}:${name}`);
}

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
