import { FAULTY_APIS, type Fault, type FaultService, faultsOf } from '../faults.ts';
import type { RunningCloud } from '../local-services.ts';
import { BadRequest, none } from './admin-body.ts';

/** Begins, changes or ends a fault as a request says. @returns the service it is of @throws BadRequest */
export function setFault(cloud: RunningCloud, request: Readonly<Record<string, unknown>>): FaultService {
  const { service, fault, ms, rate, ...others } = request;
  none(others, ['service', 'fault', 'ms', 'rate']);
  const known = knownService(cloud, String(service));
  const faults = [...faultsOf(known), 'none'];
  if (!faults.includes(String(fault))) throw new BadRequest(`fault must be one of ${faults.join(', ')}.`);
  if (ms !== undefined && !(Number.isSafeInteger(ms) && Number(ms) >= 0 && Number(ms) <= 600_000)) {
    throw new BadRequest('ms must be a whole number from 0 to 600000.');
  }
  if (rate !== undefined && !(typeof rate === 'number' && rate >= 0 && rate <= 1)) {
    throw new BadRequest('rate must be a number from 0 to 1.');
  }
  cloud.faults.set({
    service: known,
    fault: fault as Fault['fault'] | 'none',
    ...(ms === undefined ? {} : { ms: Number(ms) }),
    ...(rate === undefined ? {} : { rate }),
  });
  return known;
}

/** @throws BadRequest */
function knownService(cloud: RunningCloud, service: string): FaultService {
  const [part = '', ...rest] = service.split(':');
  const name = rest.join(':');
  const names = cloud.functions.names();
  const alone = ['redis', 'origin', ...FAULTY_APIS];
  if (alone.includes(service)) return service as FaultService;
  if (['lambda', 'iam', ...FAULTY_APIS].includes(part) && names.includes(name))
    return service as FaultService;
  const ofFunctions = names.map((candidate) => `lambda:${candidate}`);
  throw new BadRequest(
    `service must be one of ${[...alone, ...ofFunctions].join(', ')}, or iam or an AWS API for one function, as in dynamodb:${names[0]}.`,
  );
}
