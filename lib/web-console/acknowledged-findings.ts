import type { Stack } from 'aws-cdk-lib';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledge } from '../acknowledge.ts';

/** Accepts the findings of cdk-nag on the console. */
export function acknowledgeConsoleFindings(stack: Stack, distribution: Distribution, bucket: Bucket): void {
  const ofDistribution: Readonly<Record<string, string>> = {
    CFR1: 'Admins travel, and an emergency is declared from where they are: no country is shut out.',
    CFR2: 'The files are public and static; the API behind it is throttled, and has a web ACL with wafRateLimit.',
    CFR3: 'Every call of the API is in its own access log and in the event log; that a public file was read is worth no log.',
    CFR4: 'Without a domain of its own the distribution has the certificate of CloudFront, whose protocols AWS sets; with the option consoleCertificateArn it is TLS 1.2 of 2021 or newer.',
  };
  for (const [rule, reason] of Object.entries(ofDistribution)) acknowledge(distribution, rule, reason);
  acknowledge(
    bucket,
    'S1',
    'The bucket holds public files, and only CloudFront reads them: access logs would say nothing.',
  );
  const copies =
    "CDK's own function, which runs at deployment only, copies every file of its asset into the bucket of this stack.";
  const ofDeployment: Readonly<Record<string, string>> = {
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
      "CDK's own function, which copies the files at deployment, writes its logs by the managed policy.",
    ...Object.fromEntries(
      ['s3:GetBucket*', 's3:GetObject*', 's3:List*', 's3:Abort*', 's3:DeleteObject*'].map((action) => [
        `IAM5[Action::${action}]`,
        copies,
      ]),
    ),
    'IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]': copies,
    [`IAM5[Resource::<${stack.getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>/*]`]: copies,
    L1: "The runtime of CDK's own function is CDK's to choose; it runs at deployment only.",
  };
  for (const [rule, reason] of Object.entries(ofDeployment)) acknowledge(stack, rule, reason);
}
