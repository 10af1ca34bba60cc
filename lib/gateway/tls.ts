import { EndpointAccessMode, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';

/**
 * TLS 1.2 with forward secrecy, or TLS 1.3, with post-quantum key exchange where the client has it. A new REST API
 * would accept TLS 1.0 otherwise. Source: API Gateway, "Security policies for REST APIs".
 */
export const SECURITY_POLICY = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;

/** The host of the TLS handshake and the Host header must agree. */
export const ENDPOINT_ACCESS_MODE = EndpointAccessMode.STRICT;
