import { LOCAL_ACCOUNT } from '../account.ts';
import { type AwsAnswer, type AwsCall, type AwsService, unknownOperation } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';

/** Says who a caller is. */
export class Sts implements AwsService {
  readonly #caller: CallerAccess;

  constructor(caller: CallerAccess) {
    this.#caller = caller;
  }

  /** Source: "GetCallerIdentity" of the STS API reference. */
  async call(call: AwsCall): Promise<AwsAnswer> {
    if (call.operation !== 'GetCallerIdentity') throw unknownOperation('STS', call.operation);
    const arn = this.#caller.principalArn(call.accessKeyId);
    return {
      headers: { 'Content-Type': 'text/xml' },
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>${arn.split('/').at(-1)}</UserId><Account>${LOCAL_ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    };
  }
}
