import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Accepts a finding of cdk-nag (pack AwsSolutions) on a construct and all below it, with the reason an auditor reads.
 *
 * @example acknowledge(pool, 'COG3', 'Threat protection needs the Plus plan; sign-ins are few and admins use TOTP.')
 */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}
