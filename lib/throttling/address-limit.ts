import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { staticOrigin } from '../gateway/gateway-responses.ts';

/** Seconds over which AWS WAF counts the requests of an address. */
const WINDOW = 300;
/** Seconds after which it pays to try again: whoever is only a little over the limit is under it by then. */
const RETRY_AFTER = 60;

const MESSAGE = 'Too many requests came from your address. Please try again in a minute.';

/** The form of the gateway's own 429. AWS WAF knows no media type for problems, and no request id. */
const TOO_MANY_REQUESTS = JSON.stringify({
  type: 'urn:problem:too-many-requests',
  title: 'Too many requests',
  status: 429,
  detail: MESSAGE,
  error: 'too_many_requests',
  message: MESSAGE,
  retry_after: RETRY_AFTER,
});

/**
 * A limit for each source address, by a web ACL in front of the stage: a single sender is stopped before it uses up
 * what all callers of its class share. Source: AWS WAF, "Using rate-based rule statements in AWS WAF".
 */
export class AddressLimit extends Construct {
  constructor(
    scope: Construct,
    id: string,
    options: { api: RestApi; requests: number; allowedOrigins: readonly string[] },
  ) {
    super(scope, id);
    const measured = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
      cloudWatchMetricsEnabled: true,
      metricName,
      // A sample would show paths and headers, and with them reset tokens and credentials.
      sampledRequestsEnabled: false,
    });
    const header = (name: string, value: string): CfnWebACL.CustomHTTPHeaderProperty => ({ name, value });
    const acl = new CfnWebACL(this, 'WebAcl', {
      description: 'Limits the requests of each source address',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: measured('MaintenanceModeWebAcl'),
      customResponseBodies: {
        'too-many-requests': { contentType: 'APPLICATION_JSON', content: TOO_MANY_REQUESTS },
      },
      rules: [
        {
          name: 'requests-of-one-address',
          priority: 0,
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: options.requests,
              evaluationWindowSec: WINDOW,
            },
          },
          action: {
            block: {
              customResponse: {
                responseCode: 429,
                customResponseBodyKey: 'too-many-requests',
                responseHeaders: [
                  header('Retry-After', String(RETRY_AFTER)),
                  header('Cache-Control', 'no-store'),
                  header('Access-Control-Allow-Origin', staticOrigin(options.allowedOrigins)),
                  header('Access-Control-Expose-Headers', 'Retry-After'),
                ],
              },
            },
          },
          visibilityConfig: measured('RequestsOfOneAddress'),
        },
      ],
    });
    new CfnWebACLAssociation(this, 'WebAclAssociation', {
      resourceArn: options.api.deploymentStage.stageArn,
      webAclArn: acl.attrArn,
    });
  }
}
