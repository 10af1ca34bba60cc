import type { Credentials } from '../../adapters/lean/dynamodb-over-https.ts';

/** In whose name a function signs its requests. */
export interface AwsIdentity {
  readonly region: string;
  readonly credentials: () => Credentials;
}

/** The function's own role. Lambda renews the credentials in the environment: they are looked at each time. */
export function awsIdentity(env: NodeJS.ProcessEnv): AwsIdentity {
  const region = env.AWS_REGION;
  if (!region) throw new Error('Environment variable AWS_REGION is missing.');
  return {
    region,
    credentials: () => ({
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      sessionToken: env.AWS_SESSION_TOKEN,
    }),
  };
}
