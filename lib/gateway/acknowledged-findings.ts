import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { acknowledge } from '../acknowledge.ts';

const FINDINGS: Readonly<Record<string, string>> = {
  APIG2:
    'The API is a proxy in front of an application: what a valid request is, only the application knows. The control ' +
    'functions check every field of theirs by schema.',
  APIG3:
    'A web ACL is the choice of the owner of the application: the option wafRateLimit makes one, and any other can be ' +
    'attached to the stage from outside. The stage is throttled always, and the authorizer takes no input that a web ' +
    'ACL would have to keep from it.',
  APIG6:
    'Execution logs would hold paths and authorizer results, and with them reset tokens and reasons that must not be ' +
    'logged. Access logs and the JSON lines of the functions, joined by request id, take their place.',
  COG4:
    'The authorizer is a Lambda function on every method: only that can answer 503 before anybody signs in, and it ' +
    "verifies the pool's tokens itself. The synthesis fails for a method without it.",
  'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
    'The role by which API Gateway itself writes access logs; AWS requires this policy, and no function can assume it.',
};

/** Accepts the findings of cdk-nag that a gate of this kind can't avoid. */
export function acknowledgeGatewayFindings(api: RestApi): void {
  for (const [rule, reason] of Object.entries(FINDINGS)) acknowledge(api, rule, reason);
}
