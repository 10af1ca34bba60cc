import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import { AdminUserPool } from './admin-user-pool.ts';

/** Who vouches for people: an issuer that exists already, or a user pool of the stack's own. */
export class Identity extends Construct {
  readonly issuer: string;
  readonly clientId: string;
  /** Where the pool's own pages for signing in are; undefined where it has none, and for an issuer that exists already. */
  readonly signInUrl: string | undefined;
  /** The pool, if it is the stack's own. */
  readonly userPool: UserPool | undefined;

  constructor(scope: Construct, id: string, configuration: Configuration) {
    super(scope, id);
    if (configuration.identity) {
      this.issuer = configuration.identity.issuer;
      this.clientId = configuration.identity.clientId;
      return;
    }
    const { pool, client, signInUrl } = new AdminUserPool(this, 'Users', configuration);
    this.signInUrl = signInUrl;
    this.userPool = pool;
    this.issuer = pool.userPoolProviderUrl;
    this.clientId = client.userPoolClientId;
  }

  /** Tells a function whose tokens to believe. */
  bindVerifier(verifier: LambdaFunction): void {
    verifier.addEnvironment(ENV.issuer, this.issuer);
    verifier.addEnvironment(ENV.clientId, this.clientId);
  }
}
