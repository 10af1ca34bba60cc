import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { functionOf, onlyId, type Resource, resourcesOf, routesOf, synthesise } from './synthesise.ts';

const template = synthesise();
const routes = routesOf(template);
const integrationOf = (route: string) => routes[route]?.Properties.Integration as Record<string, unknown>;
const secretOf = (version: string) => ({
  'Fn::Join': [
    '',
    [
      "'{{resolve:secretsmanager:",
      { Ref: onlyId(template, 'AWS::SecretsManager::Secret') },
      `:SecretString:::${version}}}'`,
    ],
  ],
});

const SERVED: [route: string, folder: string][] = [
  ['ANY /api/maintenance', 'control'],
  ['ANY /api/maintenance/{proxy+}', 'control'],
  ['ANY /api/maintenance/jobs', 'jobs'],
  ['ANY /api/maintenance/jobs/{proxy+}', 'jobs'],
  ['ANY /api/maintenance/status', 'status'],
  ['ANY /api/maintenance/blocked-operations', 'status'],
  ['ANY /api/maintenance/message', 'status'],
  ['ANY /api/maintenance/signin', 'status'],
  ['ANY /api/maintenance/health', 'health'],
  ['ANY /api/maintenance/openapi.json', 'status'],
  ['ANY /api/maintenance/diagnostics', 'operations'],
  ['ANY /api/maintenance/statistics', 'operations'],
  ['ANY /api/maintenance/escalations', 'operations'],
  ['ANY /maintenance', 'status'],
  ['ANY /api/maintenance/sessions', 'sessions'],
  ['ANY /api/maintenance/sessions/{proxy+}', 'sessions'],
  ['ANY /api/maintenance/sessions/purge', 'control'],
];

describe('routes', () => {
  test('are these and no others', () => {
    expect(Object.keys(routes).sort()).toEqual([
      'ANY /',
      'ANY /api',
      'ANY /api/maintenance',
      'ANY /api/maintenance/blocked-operations',
      'ANY /api/maintenance/canary',
      'ANY /api/maintenance/diagnostics',
      'ANY /api/maintenance/escalations',
      'ANY /api/maintenance/health',
      'ANY /api/maintenance/jobs',
      'ANY /api/maintenance/jobs/{proxy+}',
      'ANY /api/maintenance/message',
      'ANY /api/maintenance/openapi.json',
      'ANY /api/maintenance/sessions',
      'ANY /api/maintenance/sessions/purge',
      'ANY /api/maintenance/sessions/{proxy+}',
      'ANY /api/maintenance/signin',
      'ANY /api/maintenance/statistics',
      'ANY /api/maintenance/status',
      'ANY /api/maintenance/{proxy+}',
      'ANY /api/{proxy+}',
      'ANY /maintenance',
      'ANY /maintenance/{proxy+}',
      'ANY /{proxy+}',
    ]);
  });

  test.each(Object.entries(routes))('%s asks the authorizer', (_name, method) => {
    expect(method.Properties).toMatchObject({
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: onlyId(template, 'AWS::ApiGateway::Authorizer') },
    });
    expect(method.Properties).not.toHaveProperty('ApiKeyRequired', true);
  });

  test.each([
    ['ANY /', 'https://origin.test/'],
    ['ANY /api', 'https://origin.test/api'],
  ])('%s goes to the origin with the secret', (route, uri) => {
    expect(integrationOf(route)).toEqual({
      Type: 'HTTP_PROXY',
      IntegrationHttpMethod: 'ANY',
      Uri: uri,
      TimeoutInMillis: 29_000,
      RequestParameters: { 'integration.request.header.X-Origin-Secret': secretOf('') },
    });
  });

  test.each([
    ['ANY /{proxy+}', 'https://origin.test/{proxy}'],
    ['ANY /api/{proxy+}', 'https://origin.test/api/{proxy}'],
    ['ANY /maintenance/{proxy+}', 'https://origin.test/maintenance/{proxy}'],
  ])('%s goes to the origin with its path and the secret', (route, uri) => {
    expect(routes[route]?.Properties.RequestParameters).toEqual({ 'method.request.path.proxy': true });
    expect(integrationOf(route)).toEqual({
      Type: 'HTTP_PROXY',
      IntegrationHttpMethod: 'ANY',
      Uri: uri,
      TimeoutInMillis: 29_000,
      RequestParameters: {
        'integration.request.header.X-Origin-Secret': secretOf(''),
        'integration.request.path.proxy': 'method.request.path.proxy',
      },
    });
  });

  test.each(SERVED)('%s is served by %s, which only this method may call', (route, folder) => {
    const [id] = functionOf(template, folder);
    expect(integrationOf(route)).toMatchObject({ Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST' });
    expect(JSON.stringify(integrationOf(route).Uri)).toContain(`"${id}"`);
    const callers = Object.values(resourcesOf(template, 'AWS::Lambda::Permission'))
      .filter(({ Properties }) => JSON.stringify(Properties.FunctionName).includes(`"${id}"`))
      .map(({ Properties }) => JSON.stringify(Properties.SourceArn));
    expect(callers).toHaveLength(SERVED.filter(([, served]) => served === folder).length);
    expect(
      callers.filter((arn) => arn.includes(route.replace('ANY ', '/*').replace('{proxy+}', '*'))),
    ).not.toEqual([]);
  });

  test('the canary answers without a function, and text or binary makes no difference to it', () => {
    expect(integrationOf('ANY /api/maintenance/canary')).toMatchObject({
      Type: 'MOCK',
      ContentHandling: 'CONVERT_TO_TEXT',
      RequestTemplates: { 'application/json': '{"statusCode": 200}' },
      IntegrationResponses: [{ StatusCode: '200' }],
    });
  });

  test('a new version of the secret makes a new deployment', () => {
    const version = '5048ba1f-54ca-43e1-8a6c-0e7a9f3ad5c4';
    const rotated = synthesise({ originSecretVersion: version });
    expect(JSON.stringify(routesOf(rotated)['ANY /'])).toContain(`:SecretString:::${version}}}'`);
    expect(onlyId(rotated, 'AWS::ApiGateway::Deployment')).not.toBe(
      onlyId(template, 'AWS::ApiGateway::Deployment'),
    );
  });
});

describe('the authorizer', () => {
  test('is asked about every request, with or without a credential, and its answers are not kept', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: '',
      AuthorizerUri: Match.objectLike({
        'Fn::Join': Match.arrayWith([
          Match.arrayWith([{ 'Fn::GetAtt': [functionOf(template, 'authorizer')[0], 'Arn'] }]),
        ]),
      }),
    });
  });
});

describe('the API', () => {
  test('is regional, passes bytes as they are and asks for a recent TLS', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', {
      BinaryMediaTypes: ['*/*'],
      DisableExecuteApiEndpoint: false,
      EndpointConfiguration: { Types: ['REGIONAL'] },
      EndpointAccessMode: 'STRICT',
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
    });
  });

  test('writes no execution logs, and is always throttled', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'live',
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          LoggingLevel: 'OFF',
          DataTraceEnabled: false,
          MetricsEnabled: false,
          ThrottlingRateLimit: 1000,
          ThrottlingBurstLimit: 2000,
        },
      ],
    });
    synthesise({ throttling: { rateLimit: 5 } }).hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 2000 })],
    });
  });

  test('takes other TLS, for clients that know no forward secrecy or name another host', () => {
    synthesise({ securityPolicy: 'SecurityPolicy_TLS13_1_2_PQ_2025_09' }).hasResourceProperties(
      'AWS::ApiGateway::RestApi',
      { SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PQ_2025_09', EndpointAccessMode: 'BASIC' },
    );
  });

  test('measures each method only when it is told to', () => {
    synthesise({ metricsByMethod: true }).hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ MetricsEnabled: true })],
    });
  });

  test('puts a path before that of every request at the origin', () => {
    const uris = Object.values(routesOf(synthesise({ originPath: '/prod' })))
      .map(({ Properties }) => (Properties.Integration as { Uri?: unknown }).Uri)
      .filter((uri) => typeof uri === 'string');
    expect(uris.length).toBeGreaterThan(3);
    for (const uri of uris) expect(uri).toMatch(/^https:\/\/origin\.test\/prod(?:\/|$)/);
  });

  test('logs each access without its path, query, headers or user', () => {
    const stage = Object.values(resourcesOf(template, 'AWS::ApiGateway::Stage'))[0] as Resource;
    const { Format } = stage.Properties.AccessLogSetting as { Format: string };
    expect(JSON.parse(Format)).toEqual({
      request_id: '$context.requestId',
      extended_request_id: '$context.extendedRequestId',
      time: '$context.requestTimeEpoch',
      method: '$context.httpMethod',
      resource: '$context.resourcePath',
      status: '$context.status',
      response_type: '$context.error.responseType',
      latency_ms: '$context.responseLatency',
      authorizer_latency_ms: '$context.authorizer.latency',
      authorizer_status: '$context.authorizer.status',
      integration_status: '$context.integrationStatus',
      integration_latency_ms: '$context.integrationLatency',
      response_length: '$context.responseLength',
      source_ip: '$context.identity.sourceIp',
      tls: '$context.tlsVersion',
    });
  });

  test("leaves the account's logging role alone when told to", () => {
    template.resourceCountIs('AWS::ApiGateway::Account', 1);
    synthesise({ cloudWatchRole: false }).resourceCountIs('AWS::ApiGateway::Account', 0);
  });
});

describe('a domain of its own', () => {
  const own = synthesise({
    customDomain: {
      domainName: 'app.example.com',
      certificateArn: 'arn:aws:acm:eu-central-1:1:certificate/x',
    },
  });

  test('serves the stage at the root, with the same TLS, and the other address is off', () => {
    own.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    own.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'app.example.com',
      RegionalCertificateArn: 'arn:aws:acm:eu-central-1:1:certificate/x',
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
    });
    own.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
      BasePath: Match.absent(),
      Stage: { Ref: onlyId(own, 'AWS::ApiGateway::Stage') },
    });
  });

  test('is what the outputs show', () => {
    own.hasOutput('ApiUrl', { Value: 'https://app.example.com' });
    own.hasOutput('CustomDomainTarget', {});
  });
});

describe('outputs', () => {
  const names = (of: typeof template) => Object.keys(of.findOutputs('*')).sort();
  const common = ['ApiUrl', 'ClientId', 'EventBusName', 'Issuer', 'OriginSecretArn', 'TableName'];
  const ofCache = ['RedisEndpoint', 'VpcId'];

  test('say what clients and the origin need', () => {
    expect(names(template)).toEqual([...common, ...ofCache, 'UserPoolId'].sort());
  });

  test("name no user pool where it isn't ours", () => {
    const foreign = synthesise({ identity: { issuer: 'https://issuer.example.com', clientId: 'them' } });
    expect(names(foreign)).toEqual([...common, ...ofCache].sort());
    foreign.resourceCountIs('AWS::Cognito::UserPool', 0);
    foreign.hasOutput('Issuer', { Value: 'https://issuer.example.com' });
  });
});
