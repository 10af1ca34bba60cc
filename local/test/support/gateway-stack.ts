import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, CfnOutput, Duration, SecretValue, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiKey,
  ContentHandling,
  HttpIntegration,
  LambdaIntegration,
  LogGroupLogDestination,
  MockIntegration,
  RequestAuthorizer,
  ResponseType,
  RestApi,
  UsagePlan,
} from 'aws-cdk-lib/aws-apigateway';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnServerlessCache, CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Trigger } from 'aws-cdk-lib/triggers';

/** Answers as the request header X-Wish asks for. */
const AUTHORIZER = `
const policy = (Effect, Resource = '*') => ({ Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] });
const header = (event, name) => Object.entries(event.headers).find(([key]) => key.toLowerCase() === name)?.[1];
exports.handler = async (event) => {
  const allow = { principalId: 'p', policyDocument: policy('Allow'), context: { count: 3, yes: true, event: JSON.stringify(event).slice(0, 3000) } };
  switch (header(event, 'x-wish')) {
    case 'deny': {
      const context = JSON.parse(Buffer.from(header(event, 'x-context'), 'base64').toString());
      return { principalId: 'p', policyDocument: policy('Deny'), context };
    }
    case 'other': return { ...allow, policyDocument: policy('Allow', event.methodArn + 'x') };
    case 'own': return { ...allow, policyDocument: policy('Allow', event.methodArn) };
    case 'nothing': return null;
    case 'no principal': return { policyDocument: policy('Allow') };
    case 'no policy': return { principalId: 'p' };
    case 'number key': return { ...allow, usageIdentifierKey: 7 };
    case 'nested': return { ...allow, context: { a: { b: 1 } } };
    case 'large': return { ...allow, context: { a: 'x'.repeat(8000) } };
    case 'throw': throw new Error('broken inside');
    case 'unauthorized': throw new Error('Unauthorized');
    case 'hang': console.log('hanging'); await new Promise(() => {});
    case 'exit': process.exit(1);
    default: return allow;
  }
};`;

/** Answers with the event it got, or as the query parameter `wish` asks for. */
const ECHO = `
exports.handler = async (event) => {
  switch (event.queryStringParameters?.wish) {
    case 'cookies': return { statusCode: 201, headers: { 'X-One': 1 }, multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] }, body: 'made' };
    case 'binary': return { statusCode: 200, headers: { 'Content-Type': 'image/png' }, body: Buffer.from([0, 255, 128]).toString('base64'), isBase64Encoded: true };
    case 'empty': return { statusCode: 204 };
    case 'throw': throw new Error('secret internals');
    case 'no status': return { body: 'x' };
    case 'no text': return { statusCode: 200, body: { a: 1 } };
    case 'unknown field': return { statusCode: 200, cookies: [] };
    default: return { statusCode: 200, body: JSON.stringify(event) };
  }
};`;

/** Says what it knows of its surroundings. */
const SURROUNDINGS = `
exports.handler = async () => ({ statusCode: 200, body: JSON.stringify({ now: Date.now(), issuer: process.env.ISSUER }) });`;

const TRIGGERED = `exports.handler = async () => { console.log('deployed'); };`;

/** The API key that the method /metered knows. */
export const TEST_API_KEY = 'a-key-of-twenty-characters';

/** A synthesised assembly and how to be rid of it. */
export interface TestAssembly {
  readonly directory: string;
  remove(): void;
}

/**
 * Synthesises a small stack that uses what the local gateway and runtime support, one of each.
 *
 * @param options what a test wants otherwise
 */
export function synthesiseTestStack(
  options: { rateLimit?: number; burstLimit?: number; cache?: boolean } = {},
): TestAssembly {
  const root = mkdtempSync(path.join(tmpdir(), 'local-cloud-'));
  const app = new App({
    outdir: path.join(root, 'cdk.out'),
    analyticsReporting: false,
    // The command line sets this; without it the template names no construct.
    context: { 'aws:cdk:enable-path-metadata': true },
  });
  const stack = new Stack(app, 'Test');
  const lambda = (id: string, code: string, settings: object = {}) => {
    const folder = path.join(root, id);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'index.js'), code);
    return new LambdaFunction(stack, id, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(folder),
      ...settings,
    });
  };
  const authorizer = new RequestAuthorizer(stack, 'Guard', {
    handler: lambda('Authorizer', AUTHORIZER, { timeout: Duration.seconds(1) }),
    identitySources: [],
    resultsCacheTtl: Duration.seconds(0),
  });
  const api = new RestApi(stack, 'Api', {
    binaryMediaTypes: ['*/*'],
    cloudWatchRole: false,
    defaultMethodOptions: { authorizer },
    deployOptions: {
      stageName: 'live',
      throttlingRateLimit: options.rateLimit ?? 10_000,
      throttlingBurstLimit: options.burstLimit ?? 5_000,
      accessLogDestination: new LogGroupLogDestination(new LogGroup(stack, 'AccessLog')),
      accessLogFormat: AccessLogFormat.custom(
        '{"id":"$context.requestId","resource":"$context.resourcePath","status":"$context.status","ip":"$context.identity.sourceIp","type":"$context.error.responseType"}',
      ),
    },
  });
  if (options.cache) addCache(stack);
  const secret = new Secret(stack, 'OriginSecret');
  // By this output the sample origin finds the secret.
  new CfnOutput(stack, 'OriginSecretArn', { value: secret.secretArn });
  const proxy = (to: string) =>
    new HttpIntegration(`https://origin.test${to}`, {
      httpMethod: 'ANY',
      proxy: true,
      options: {
        timeout: Duration.seconds(1),
        requestParameters: {
          'integration.request.header.X-Origin-Secret': `'${SecretValue.secretsManager(secret.secretArn).unsafeUnwrap()}'`,
          ...(to.includes('{') ? { 'integration.request.path.proxy': 'method.request.path.proxy' } : {}),
        },
      },
    });
  const pathParameter = { requestParameters: { 'method.request.path.proxy': true } };
  api.root.addMethod('ANY', proxy('/'));
  api.root.addResource('{proxy+}').addMethod('ANY', proxy('/{proxy}'), pathParameter);
  const echo = new LambdaIntegration(lambda('Echo', ECHO), { proxy: true, allowTestInvoke: false });
  const echoes = api.root.addResource('echo');
  echoes.addMethod('ANY', echo);
  echoes.addResource('{id}').addMethod('GET', echo);
  const pool = new UserPool(stack, 'Users');
  for (const groupName of ['admins', 'workers']) pool.addGroup(groupName, { groupName });
  const surroundings = lambda('Surroundings', SURROUNDINGS, {
    environment: { ISSUER: pool.userPoolProviderUrl },
  });
  api.root.addResource('surroundings').addMethod('GET', new LambdaIntegration(surroundings));
  new Rule(stack, 'Minute', {
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new FunctionTarget(lambda('Tick', TRIGGERED))],
  });
  const busy = new LambdaIntegration(lambda('Busy', ECHO, { reservedConcurrentExecutions: 0 }), {
    allowTestInvoke: false,
  });
  api.root.addResource('busy').addMethod('ANY', busy);
  const mock = (contentHandling?: ContentHandling) =>
    new MockIntegration({
      ...(contentHandling ? { contentHandling } : {}),
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
      integrationResponses: [
        {
          statusCode: '200',
          responseParameters: { 'method.response.header.Cache-Control': "'no-store'" },
          responseTemplates: { 'application/json': '{"resource": "$context.resourcePath"}' },
        },
      ],
    });
  const answers = {
    methodResponses: [
      { statusCode: '200', responseParameters: { 'method.response.header.Cache-Control': true } },
    ],
  };
  const mocks = api.root.addResource('mock');
  mocks.addMethod('ANY', mock(ContentHandling.CONVERT_TO_TEXT), answers);
  mocks.addResource('binary').addMethod('ANY', mock(), answers);
  api.root.addResource('metered').addMethod('ANY', mock(ContentHandling.CONVERT_TO_TEXT), {
    ...answers,
    apiKeyRequired: true,
  });
  new UsagePlan(stack, 'Plan', {
    apiStages: [{ api, stage: api.deploymentStage }],
    throttle: { rateLimit: 1, burstLimit: 2 },
  }).addApiKey(new ApiKey(stack, 'Key', { value: TEST_API_KEY }));
  api.root
    .addResource('only')
    .addResource('get')
    .addMethod('GET', mock(ContentHandling.CONVERT_TO_TEXT), answers);

  api.addGatewayResponse('Denied', {
    type: ResponseType.ACCESS_DENIED,
    statusCode: '503',
    responseHeaders: {
      'Content-Type': 'context.authorizer.contentType',
      'Retry-After': 'context.authorizer.retryAfter',
    },
    templates: { 'application/json': '$context.authorizer.body' },
  });
  for (const type of [
    ResponseType.UNAUTHORIZED,
    ResponseType.AUTHORIZER_FAILURE,
    ResponseType.AUTHORIZER_CONFIGURATION_ERROR,
  ]) {
    api.addGatewayResponse(type.responseType, {
      type,
      statusCode: '503',
      responseHeaders: { 'Retry-After': "'5'" },
      templates: { 'application/json': '{"type":"$context.error.responseType"}' },
    });
  }
  for (const type of [ResponseType.DEFAULT_4XX, ResponseType.DEFAULT_5XX]) {
    api.addGatewayResponse(type.responseType, {
      type,
      templates: {
        'application/json': '{"type":"$context.error.responseType","message":$context.error.messageString}',
      },
    });
  }
  new Trigger(stack, 'AtDeployment', { handler: lambda('Triggered', TRIGGERED) });
  app.synth();
  return { directory: app.outdir, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A cache, which is what tells that the stack knows sessions. No function of the stack reaches it. */
function addCache(stack: Stack): void {
  const user = new CfnUser(stack, 'CacheUser', {
    engine: 'valkey',
    userId: 'keeper',
    userName: 'keeper',
    accessString: 'on ~* +@all',
    authenticationMode: { Type: 'iam' },
  });
  const group = new CfnUserGroup(stack, 'CacheUsers', {
    engine: 'valkey',
    userGroupId: 'users',
    userIds: [user.ref],
  });
  new CfnServerlessCache(stack, 'Cache', {
    engine: 'valkey',
    serverlessCacheName: 'sessions',
    userGroupId: group.ref,
  });
}
