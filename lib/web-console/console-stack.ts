import { CfnOutput, Duration, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  PriceClass,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import type { MaintenanceModeProps } from '../configuration/maintenance-mode-props.ts';
import { STAGE } from '../gateway/gateway.ts';
import type { MaintenanceMode } from '../maintenance-mode.ts';
import { acknowledgeConsoleFindings } from './acknowledged-findings.ts';
import { consoleFiles } from './console-site.ts';
import { globalName } from './global-name.ts';
import { securityHeaders } from './security-headers.ts';

/** What may be kept for some seconds, since the API says so where nobody's credential is in the call. */
const PUBLIC_CALLS = [
  '/api/maintenance/status',
  '/api/maintenance/blocked-operations',
  '/api/maintenance/message',
  '/api/maintenance/signin',
  '/api/maintenance/openapi.json',
  '/maintenance',
];

/**
 * The web console: its files in a bucket behind CloudFront, which passes the calls of the control API on, so that the
 * console and the API are one origin and no other has to be allowed.
 */
export class ConsoleStack extends Stack {
  /** Where the console is, without a trailing slash. */
  readonly url: string;

  constructor(
    scope: Construct,
    id: string,
    { maintenance, options }: { maintenance: MaintenanceMode; options: MaintenanceModeProps },
    stackProps: StackProps = {},
  ) {
    super(scope, id, { description: 'The web console of maintenance mode', ...stackProps });
    const bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // It holds what a deployment puts there again.
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: false,
    });
    const { console: own } = options;
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'The console of maintenance mode',
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(own?.certificateArn === undefined
        ? {}
        : {
            domainNames: [new URL(own.url).hostname],
            certificate: Certificate.fromCertificateArn(this, 'Certificate', own.certificateArn),
            minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          }),
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessControl: new S3OriginAccessControl(this, 'FilesAccess', {
            originAccessControlName: globalName(this, 'files'),
          }),
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: securityHeaders(this, signInOrigins(maintenance)),
        compress: true,
      },
      additionalBehaviors: this.#apiBehaviours(maintenance, options),
    });
    this.#deploy(bucket);
    acknowledgeConsoleFindings(this, distribution, bucket);
    this.url = own?.url ?? `https://${distribution.distributionDomainName}`;
    new CfnOutput(this, 'ConsoleUrl', { description: 'Where admins reach the console', value: this.url });
    new CfnOutput(this, 'DistributionDomain', {
      description: 'What the DNS name of the console points to',
      value: distribution.distributionDomainName,
    });
  }

  /** Cookies go no further than CloudFront: whoever calls through it is known by the Authorization header alone. */
  #apiBehaviours(
    maintenance: MaintenanceMode,
    { customDomain }: MaintenanceModeProps,
  ): Record<string, BehaviorOptions> {
    const origin = new HttpOrigin(Fn.select(2, Fn.split('/', maintenance.url)), {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      ...(customDomain === undefined ? { originPath: `/${STAGE}` } : {}),
    });
    const shared = { origin, viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY, compress: true };
    const cachePolicy = new CachePolicy(this, 'PublicCalls', {
      cachePolicyName: globalName(this, 'public-calls'),
      comment: 'As long as the API says, 5 s at most; by who asks',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.seconds(5),
      headerBehavior: CacheHeaderBehavior.allowList('Authorization', 'Accept', 'Accept-Language'),
      queryStringBehavior: CacheQueryStringBehavior.all(),
      cookieBehavior: CacheCookieBehavior.none(),
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    });
    return {
      ...Object.fromEntries(
        PUBLIC_CALLS.map((path) => [
          path,
          { ...shared, allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS, cachePolicy },
        ]),
      ),
      '/api/maintenance*': {
        ...shared,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: this.#passOn(),
      },
    };
  }

  #passOn() {
    return new OriginRequestPolicy(this, 'AdminCalls', {
      originRequestPolicyName: globalName(this, 'admin-calls'),
      comment: 'Headers and query of a call, without its cookies and its host',
      headerBehavior: OriginRequestHeaderBehavior.denyList('host'),
      queryStringBehavior: OriginRequestQueryStringBehavior.all(),
      cookieBehavior: OriginRequestCookieBehavior.none(),
    });
  }

  /**
   * Files with a hash in their name never change; pages name those that count, and are asked for each time. So nothing
   * has to be cleared from CloudFront's caches.
   */
  #deploy(bucket: Bucket): void {
    const sources = [consoleFiles()];
    const hashed = new BucketDeployment(this, 'Hashed', {
      sources,
      destinationBucket: bucket,
      exclude: ['*'],
      include: ['assets/*'],
      // Pages that are open load their parts on demand, also those of the version before.
      prune: false,
      cacheControl: [CacheControl.fromString('public, max-age=31536000, immutable')],
    });
    const pages = new BucketDeployment(this, 'Pages', {
      sources,
      destinationBucket: bucket,
      exclude: ['assets/*'],
      prune: false,
      cacheControl: [CacheControl.fromString('no-cache')],
    });
    pages.node.addDependency(hashed);
  }
}

/** Origins of the issuer and, where it has pages of its own elsewhere, of those. */
function signInOrigins({ identity }: MaintenanceMode): string[] {
  const parts = Fn.split('/', identity.issuer);
  const issuer = Fn.join('//', [Fn.select(0, parts), Fn.select(2, parts)]);
  return identity.signInUrl === undefined ? [issuer] : [issuer, identity.signInUrl];
}
