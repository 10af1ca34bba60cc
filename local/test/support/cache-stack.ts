import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { CfnServerlessCache, CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, type FunctionProps, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { TestAssembly } from './gateway-stack.ts';

/** Names that tests use. */
export const CACHE = { name: 'sessions', reader: 'reader', keeper: 'keeper', tableName: 'Things' };

/**
 * Synthesises a stack with a VPC, a serverless cache in it with two users, and the same function three times: `inside`
 * the VPC, `outside` of it, and `stranger` inside but without permission to connect.
 */
export function synthesiseCacheStack(): TestAssembly {
  const root = mkdtempSync(path.join(tmpdir(), 'cache-stack-'));
  const app = new App({
    outdir: path.join(root, 'cdk.out'),
    analyticsReporting: false,
    context: { 'aws:cdk:enable-path-metadata': true },
  });
  const stack = new Stack(app, 'Test');
  const vpc = new Vpc(stack, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
    gatewayEndpoints: { DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB } },
    flowLogs: { Rejected: { destination: FlowLogDestination.toCloudWatchLogs() } },
  });
  const clients = new SecurityGroup(stack, 'Clients', { vpc });
  const servers = new SecurityGroup(stack, 'Servers', { vpc, allowAllOutbound: false });
  servers.connections.allowFrom(clients, Port.tcp(6379));
  const user = (id: string, accessString: string) =>
    new CfnUser(stack, `User-${id}`, {
      engine: 'valkey',
      userId: id,
      userName: id,
      accessString,
      authenticationMode: { Type: 'iam' },
    });
  const users = [
    user(CACHE.reader, 'on ~session:* -@all +get +ping +cluster|slots +cluster|info'),
    user(CACHE.keeper, 'on ~* +@all'),
  ];
  const group = new CfnUserGroup(stack, 'Users', {
    engine: 'valkey',
    userGroupId: 'users',
    userIds: users.map(({ ref }) => ref),
  });
  const cache = new CfnServerlessCache(stack, 'Cache', {
    engine: 'valkey',
    majorEngineVersion: '8',
    serverlessCacheName: CACHE.name,
    securityGroupIds: [servers.securityGroupId],
    subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
    userGroupId: group.ref,
  });
  new Table(stack, 'Table', {
    tableName: CACHE.tableName,
    partitionKey: { name: 'pk', type: AttributeType.STRING },
  });
  const code = bundle(path.join(root, 'code'));
  const lambda = (id: string, props: Partial<FunctionProps> = {}) => {
    const made = new LambdaFunction(stack, id, {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(code),
      timeout: Duration.seconds(10),
      environment: { HOST: cache.attrEndpointAddress, PORT: cache.attrEndpointPort, CACHE: cache.ref },
      ...props,
    });
    made.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:*', 'sts:*'], resources: ['*'] }));
    return made;
  };
  const placed = { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, securityGroups: [clients] };
  const connect = new PolicyStatement({
    actions: ['elasticache:Connect'],
    resources: [cache.attrArn, ...users.map(({ attrArn }) => attrArn)],
  });
  lambda('Inside', placed).addToRolePolicy(connect);
  lambda('Outside').addToRolePolicy(connect);
  lambda('Stranger', placed).addToRolePolicy(
    new PolicyStatement({ actions: ['elasticache:Connect'], resources: [cache.attrArn] }),
  );
  const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
  api.root.addMethod(
    'GET',
    new MockIntegration({ requestTemplates: { 'application/json': '{"statusCode": 200}' } }),
  );
  app.synth();
  return { directory: app.outdir, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The function's code with what it imports, as it is deployed. */
function bundle(folder: string): string {
  mkdirSync(folder, { recursive: true });
  buildSync({
    entryPoints: [path.join(import.meta.dirname, 'cache-function.ts')],
    outfile: path.join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  return folder;
}
