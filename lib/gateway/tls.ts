import { EndpointAccessMode, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';

/**
 * TLS 1.2 with forward secrecy, or TLS 1.3, with post-quantum key exchange where the client has it. A new REST API
 * would accept TLS 1.0 otherwise. Source: API Gateway, "Security policies for REST APIs".
 */
export const DEFAULT_SECURITY_POLICY = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;

/** The one for clients that know no forward secrecy, or whose TLS handshake names another host than their requests. */
const COMPATIBLE = SecurityPolicy.TLS13_1_2_PQ_2025_09;

/** Those that a regional API takes and that set a bound to the age of TLS. */
export const SECURITY_POLICIES = [
  DEFAULT_SECURITY_POLICY,
  COMPATIBLE,
  SecurityPolicy.TLS13_1_3_2025_09,
  SecurityPolicy.TLS13_1_3_FIPS_2025_09,
] as const;

/** What an API and its domain are told; STRICT: the host of the TLS handshake and the Host header must agree. */
export function tlsOf(securityPolicy: SecurityPolicy): {
  securityPolicy: SecurityPolicy;
  endpointAccessMode: EndpointAccessMode;
} {
  const endpointAccessMode =
    securityPolicy === COMPATIBLE ? EndpointAccessMode.BASIC : EndpointAccessMode.STRICT;
  return { securityPolicy, endpointAccessMode };
}
