import { SecretValue } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { removalPolicyFor } from '../removal-policy.ts';

/** The header by which the origin tells the gateway from everybody else. */
export const ORIGIN_SECRET_HEADER = 'X-Origin-Secret';

/**
 * The secret that the gateway sends to the origin with every request. It stands in the integration as a reference
 * that CloudFormation resolves at deployment; naming a version makes the reference, and with it the API's
 * deployment, a new one. That is how a rotation takes effect.
 */
export class OriginSecret extends Construct {
  readonly secret: Secret;
  /** For an integration's `requestParameters`: a fixed value, in the quotes that API Gateway wants. */
  readonly headerValue: string;

  constructor(
    scope: Construct,
    id: string,
    options: { versionId: string | undefined; deletionProtection: boolean },
  ) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: `Sent to the origin as ${ORIGIN_SECRET_HEADER}`,
      generateSecretString: { excludePunctuation: true, passwordLength: 48 },
      removalPolicy: removalPolicyFor(options.deletionProtection),
    });
    const value = SecretValue.secretsManager(this.secret.secretArn, { versionId: options.versionId });
    this.headerValue = `'${value.unsafeUnwrap()}'`;
    acknowledge(
      this.secret,
      'SMG4',
      'Rotated by its owner together with the origin (docs/configuration.md): the origin has to accept the old and the ' +
        'new value for the time of a deployment, which a schedule that knows nothing of the origin can not arrange.',
    );
  }
}
