import { CfnOutput } from 'aws-cdk-lib';
import { EndpointType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Configuration } from '../configuration/schema.ts';
import { tlsOf } from './tls.ts';

/**
 * Serves the API at a domain of one's own, without the stage in its paths. The DNS record is the owner's to set: an
 * alias or CNAME to the output `CustomDomainTarget`. Returns the URL, if there is a domain.
 */
export function addCustomDomain(
  api: RestApi,
  { customDomain: domain, securityPolicy }: Configuration,
): string | undefined {
  if (domain === undefined) return undefined;
  const custom = api.addDomainName('CustomDomain', {
    domainName: domain.domainName,
    certificate: Certificate.fromCertificateArn(api, 'Certificate', domain.certificateArn),
    endpointType: EndpointType.REGIONAL,
    ...tlsOf(securityPolicy),
  });
  new CfnOutput(api, 'CustomDomainTarget', {
    description: `The DNS name that ${domain.domainName} has to point to`,
    value: custom.domainNameAliasDomainName,
  }).overrideLogicalId('CustomDomainTarget');
  return `https://${domain.domainName}`;
}
