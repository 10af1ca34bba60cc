import { describe, expect, test } from '@jest/globals';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { MaintenanceModeProps } from '../../lib/configuration/maintenance-mode-props.ts';
import { MaintenanceStack } from '../../lib/maintenance-stack.ts';
import { ConsoleStack } from '../../lib/web-console/console-stack.ts';
import { resourcesOf, synthesise, testApp } from './synthesise.ts';

const OWN_DOMAIN: Partial<MaintenanceModeProps> = {
  console: {
    url: 'https://maintenance.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/x',
  },
};

function consoleStack(own: Partial<MaintenanceModeProps> = {}): ConsoleStack {
  const app = testApp();
  const options = { origin: 'https://origin.test', ...own };
  const { maintenance } = new MaintenanceStack(app, 'Test', options);
  return new ConsoleStack(app, 'Console', { maintenance, options });
}

interface Behaviour {
  readonly PathPattern?: string;
  readonly AllowedMethods?: readonly string[];
  readonly CachePolicyId: unknown;
  readonly OriginRequestPolicyId?: unknown;
  readonly ResponseHeadersPolicyId?: unknown;
  readonly ViewerProtocolPolicy: string;
}

interface Distribution {
  readonly DefaultCacheBehavior: Behaviour;
  readonly CacheBehaviors: readonly Behaviour[];
  readonly Origins: readonly {
    readonly OriginPath?: string;
    readonly OriginAccessControlId?: unknown;
    readonly CustomOriginConfig?: { readonly OriginProtocolPolicy: string };
  }[];
  readonly Aliases?: readonly string[];
}

const one = (template: Template, type: string) =>
  Object.values(resourcesOf(template, type))[0]?.Properties ?? {};

const distributionOf = (template: Template) =>
  one(template, 'AWS::CloudFront::Distribution').DistributionConfig as Distribution;

describe('the stack of the console', () => {
  const stack = consoleStack();
  const template = Template.fromStack(stack);
  const distribution = distributionOf(template);

  test.each([
    ['as it comes', {}],
    ['with a domain of its own', OWN_DOMAIN],
  ])('cdk-nag finds nothing: %s', (_what, options) => {
    const made = consoleStack(options);
    const { violations } = new AwsSolutionsChecks(made).validateScope(made);
    expect(violations).toEqual([]);
    expect(Annotations.fromStack(made).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test('the bucket is closed to everybody but this distribution', () => {
    expect(one(template, 'AWS::S3::Bucket').PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(distribution.Origins.filter((origin) => origin.OriginAccessControlId !== undefined)).toHaveLength(
      1,
    );
    const { Statement } = one(template, 'AWS::S3::BucketPolicy').PolicyDocument as {
      Statement: { Effect: string; Principal: object; Condition?: object }[];
    };
    const allowed = Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Principal }) => Principal)).toEqual([{ Service: 'cloudfront.amazonaws.com' }]);
    expect(JSON.stringify(allowed[0]?.Condition)).toContain('AWS:SourceArn');
  });

  test('names what CloudFront keeps by region too: such names are unique in the account', () => {
    const names = ['CachePolicy', 'OriginRequestPolicy', 'ResponseHeadersPolicy', 'OriginAccessControl'].map(
      (kind) => {
        const properties = one(template, `AWS::CloudFront::${kind}`);
        return (properties[`${kind}Config`] as { Name: unknown }).Name;
      },
    );
    for (const name of names) expect(JSON.stringify(name)).toContain('"AWS::Region"');
    expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(4);
  });

  test('browsers are told to run its own scripts only, none that stands in a page, and to let nobody frame it', () => {
    const { SecurityHeadersConfig: headers } = one(template, 'AWS::CloudFront::ResponseHeadersPolicy')
      .ResponseHeadersPolicyConfig as { SecurityHeadersConfig: Record<string, Record<string, unknown>> };
    const policy = JSON.stringify(headers.ContentSecurityPolicy);
    for (const directive of [
      "default-src 'none'",
      "script-src 'self';",
      "style-src 'self';",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(directive);
    }
    expect(policy).not.toContain('unsafe');
    expect(headers.StrictTransportSecurity?.AccessControlMaxAgeSec).toBe(31_536_000);
    expect(headers.FrameOptions?.FrameOption).toBe('DENY');
    expect(headers.ReferrerPolicy?.ReferrerPolicy).toBe('no-referrer');
    expect(headers.ContentTypeOptions).toBeDefined();
    expect(distribution.DefaultCacheBehavior.ResponseHeadersPolicyId).toBeDefined();
  });

  test('calls of the control API go on to the API, over TLS and without cookies', () => {
    const patterns = distribution.CacheBehaviors.map(({ PathPattern }) => PathPattern);
    expect(patterns.at(-1)).toBe('/api/maintenance*');
    expect(patterns).toEqual(expect.arrayContaining(['/api/maintenance/status', '/maintenance']));
    for (const { ViewerProtocolPolicy } of distribution.CacheBehaviors)
      expect(ViewerProtocolPolicy).toBe('https-only');
    const api = distribution.Origins.find(({ CustomOriginConfig }) => CustomOriginConfig !== undefined);
    expect(api).toMatchObject({
      OriginPath: '/live',
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
    });
    const passed = one(template, 'AWS::CloudFront::OriginRequestPolicy').OriginRequestPolicyConfig;
    expect(passed).toMatchObject({
      CookiesConfig: { CookieBehavior: 'none' },
      HeadersConfig: { HeaderBehavior: 'allExcept', Headers: ['host'] },
    });
  });

  test('what is public is kept for 5 s at most, apart for each credential', () => {
    expect(one(template, 'AWS::CloudFront::CachePolicy').CachePolicyConfig).toMatchObject({
      MinTTL: 0,
      DefaultTTL: 0,
      MaxTTL: 5,
      ParametersInCacheKeyAndForwardedToOrigin: {
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: expect.arrayContaining(['Authorization']) },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'all' },
      },
    });
  });

  test('files whose name holds a hash are kept for good, pages never', () => {
    const deployments = Object.values(resourcesOf(template, 'Custom::CDKBucketDeployment'));
    expect(deployments.map(({ Properties }) => Properties.SystemMetadata)).toEqual([
      { 'cache-control': 'public, max-age=31536000, immutable' },
      { 'cache-control': 'no-cache' },
    ]);
  });

  test('a domain of its own has its certificate, and a gate with a domain has no stage in the path', () => {
    const customDomain = {
      domainName: 'app.example.com',
      certificateArn: 'arn:aws:acm:eu-central-1:1:certificate/x',
    };
    const own = Template.fromStack(consoleStack({ ...OWN_DOMAIN, customDomain }));
    expect(distributionOf(own).Aliases).toEqual(['maintenance.example.com']);
    expect(distributionOf(own).Origins.map(({ OriginPath }) => OriginPath)).not.toContain('/live');
    expect(one(own, 'AWS::CloudFront::Distribution').DistributionConfig).toMatchObject({
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
  });
});

describe('the user pool', () => {
  test('has pages to sign in at where it knows the console, for codes with PKCE alone', () => {
    const template = synthesise(OWN_DOMAIN);
    expect(one(template, 'AWS::Cognito::UserPoolClient')).toMatchObject({
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: ['https://maintenance.example.com/callback.html'],
      GenerateSecret: false,
    });
    expect(one(template, 'AWS::Cognito::UserPoolDomain')).toMatchObject({ ManagedLoginVersion: 2 });
    template.resourceCountIs('AWS::Cognito::ManagedLoginBranding', 1);
  });

  test('has none otherwise', () => {
    const template = synthesise();
    template.resourceCountIs('AWS::Cognito::UserPoolDomain', 0);
    expect(one(template, 'AWS::Cognito::UserPoolClient').AllowedOAuthFlows).toBeUndefined();
  });
});
