import { createHash } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './account.ts';
import type { Resource } from './template.ts';

/** What names are made from beside the resource itself. */
interface NamedStack {
  readonly name: string;
  functionName(logicalId: string): string;
  property(resource: Resource, name: string): unknown;
}

/** How the attributes of a type of resource follow from its name. */
interface AttributeRule {
  /** Property that names the resource; without one, or when it is absent, the name is made up from the logical id. */
  readonly nameProperty?: string;
  /** The name when no property gives one. */
  readonly defaultName?: (stack: NamedStack, resource: Resource) => string;
  /** What `Ref` gives; default: the name. */
  readonly reference?: (name: string, stack: NamedStack, resource: Resource) => string;
  readonly attributes?: Readonly<
    Record<string, (name: string, stack: NamedStack, resource: Resource) => string>
  >;
}

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;

/** An identifier of lower-case letters and digits that is the same at every start. */
function identifier(resource: Resource, length: number): string {
  const digest = createHash('sha256').update(resource.logicalId).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, length);
}

/** An identifier of the form 8-4-4-4-12 that is the same at every start. */
function uuid(resource: Resource): string {
  const digits = createHash('sha256').update(resource.logicalId).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}

/** Role and policy names live outside of a region. */
const iamArn = (kind: string, name: string) => `arn:aws:iam::${LOCAL_ACCOUNT}:${kind}/${name}`;

const queueUrl = (name: string) => `https://sqs.${LOCAL_REGION}.amazonaws.com/${LOCAL_ACCOUNT}/${name}`;

/** A resource of EC2 is named by an id, whatever its tags call it. */
const ec2 = (prefix: string, attributes: AttributeRule['attributes'] = {}): AttributeRule => ({
  defaultName: (_stack, resource) => `${prefix}-${identifier(resource, 17)}`,
  attributes: { Id: (name) => name, ...attributes },
});

const RULES: Readonly<Record<string, AttributeRule>> = {
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    attributes: {
      Arn: (name) => arn('dynamodb', `table/${name}`),
      StreamArn: (name) => arn('dynamodb', `table/${name}/stream/2026-01-01T00:00:00.000`),
    },
  },
  'AWS::DynamoDB::GlobalTable': {
    nameProperty: 'TableName',
    attributes: {
      Arn: (name) => arn('dynamodb', `table/${name}`),
      StreamArn: (name) => arn('dynamodb', `table/${name}/stream/2026-01-01T00:00:00.000`),
      TableId: (_name, _stack, resource) => identifier(resource, 20),
    },
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    defaultName: (stack, resource) => stack.functionName(resource.logicalId),
    attributes: { Arn: (name) => arn('lambda', `function:${name}`) },
  },
  'AWS::Lambda::Version': {
    reference: (_name, stack, resource) => `${functionArn(stack, resource)}:1`,
    attributes: {
      Version: () => '1',
      FunctionArn: (_name, stack, resource) => `${functionArn(stack, resource)}:1`,
    },
  },
  'AWS::Lambda::Alias': {
    nameProperty: 'Name',
    reference: (name, stack, resource) => `${functionArn(stack, resource)}:${name}`,
    attributes: { AliasArn: (name, stack, resource) => `${functionArn(stack, resource)}:${name}` },
  },
  'AWS::Lambda::EventSourceMapping': {
    defaultName: (_stack, resource) => uuid(resource),
    attributes: {
      Id: (name) => name,
      EventSourceMappingArn: (name) => arn('lambda', `event-source-mapping:${name}`),
    },
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    attributes: {
      Arn: (name) => iamArn('role', name),
      RoleId: (_name, _stack, resource) => `AROA${identifier(resource, 16).toUpperCase()}`,
    },
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    reference: (name) => iamArn('policy', name),
    attributes: { PolicyArn: (name) => iamArn('policy', name) },
  },
  'AWS::IAM::Policy': { nameProperty: 'PolicyName', attributes: { Id: (name) => name } },
  'AWS::ApiGateway::RestApi': {
    defaultName: (_stack, resource) => identifier(resource, 10),
    attributes: {
      RootResourceId: (_name, _stack, resource) => identifier(resource, 12).slice(2),
      RestApiId: (name) => name,
    },
  },
  'AWS::ApiGateway::Resource': {
    defaultName: (_stack, resource) => identifier(resource, 6),
    attributes: { ResourceId: (name) => name },
  },
  'AWS::ApiGateway::Authorizer': {
    defaultName: (_stack, resource) => identifier(resource, 6),
    attributes: { AuthorizerId: (name) => name },
  },
  'AWS::ApiGateway::Deployment': {
    defaultName: (_stack, resource) => identifier(resource, 6),
    attributes: { DeploymentId: (name) => name },
  },
  'AWS::ApiGateway::ApiKey': {
    defaultName: (_stack, resource) => identifier(resource, 10),
    attributes: { APIKeyId: (name) => name },
  },
  'AWS::ApiGateway::UsagePlan': {
    defaultName: (_stack, resource) => identifier(resource, 6),
    attributes: { Id: (name) => name },
  },
  'AWS::ApiGateway::Stage': { nameProperty: 'StageName', defaultName: () => 'Prod' },
  'AWS::ApiGateway::RequestValidator': { defaultName: (_stack, resource) => identifier(resource, 6) },
  'AWS::ApiGateway::Model': { nameProperty: 'Name' },
  'AWS::ApiGateway::DomainName': {
    nameProperty: 'DomainName',
    attributes: {
      RegionalDomainName: (_name, _stack, resource) =>
        `d-${identifier(resource, 10)}.execute-api.${LOCAL_REGION}.amazonaws.com`,
      RegionalHostedZoneId: () => 'Z1UJRXOUMOOFQ8',
    },
  },
  'AWS::EC2::FlowLog': ec2('fl'),
  'AWS::EC2::RouteTable': ec2('rtb', { RouteTableId: (name) => name }),
  'AWS::EC2::SecurityGroup': ec2('sg', {
    GroupId: (name) => name,
    VpcId: (_name, stack, resource) => String(stack.property(resource, 'VpcId')),
  }),
  'AWS::EC2::SecurityGroupEgress': ec2('sgr'),
  'AWS::EC2::SecurityGroupIngress': ec2('sgr'),
  'AWS::EC2::Subnet': ec2('subnet', {
    AvailabilityZone: (_name, stack, resource) => String(stack.property(resource, 'AvailabilityZone')),
    CidrBlock: (_name, stack, resource) => String(stack.property(resource, 'CidrBlock')),
    SubnetId: (name) => name,
    VpcId: (_name, stack, resource) => String(stack.property(resource, 'VpcId')),
  }),
  'AWS::EC2::SubnetRouteTableAssociation': ec2('rtbassoc'),
  'AWS::EC2::VPC': ec2('vpc', {
    CidrBlock: (_name, stack, resource) => String(stack.property(resource, 'CidrBlock')),
    DefaultNetworkAcl: (_name, _stack, resource) => `acl-${identifier(resource, 17)}`,
    DefaultSecurityGroup: (_name, _stack, resource) => `sg-${identifier(resource, 17)}`,
    VpcId: (name) => name,
  }),
  'AWS::EC2::VPCEndpoint': ec2('vpce'),
  'AWS::ElastiCache::ServerlessCache': {
    nameProperty: 'ServerlessCacheName',
    attributes: {
      ARN: (name) => arn('elasticache', `serverlesscache:${name}`),
      Status: () => 'available',
    },
  },
  'AWS::ElastiCache::User': {
    nameProperty: 'UserId',
    attributes: { Arn: (name) => arn('elasticache', `user:${name}`), Status: () => 'active' },
  },
  'AWS::ElastiCache::UserGroup': {
    nameProperty: 'UserGroupId',
    attributes: { Arn: (name) => arn('elasticache', `usergroup:${name}`), Status: () => 'active' },
  },
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    attributes: { Arn: (name) => arn('events', `event-bus/${name}`), Name: (name) => name },
  },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    attributes: {
      Arn: (name, stack, resource) => {
        const bus = stack.property(resource, 'EventBusName');
        const busName = typeof bus === 'string' ? bus.split('/').at(-1) : 'default';
        return arn('events', busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`);
      },
    },
  },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    reference: (name) => queueUrl(name),
    attributes: {
      Arn: (name) => arn('sqs', name),
      QueueName: (name) => name,
      QueueUrl: (name) => queueUrl(name),
    },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    reference: (name) => arn('sns', name),
    attributes: { TopicArn: (name) => arn('sns', name), TopicName: (name) => name },
  },
  'AWS::SNS::Subscription': {
    reference: (name) => arn('sns', name),
    attributes: { Arn: (name) => arn('sns', name) },
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    reference: (name) => arn('states', `stateMachine:${name}`),
    attributes: { Arn: (name) => arn('states', `stateMachine:${name}`), Name: (name) => name },
  },
  'AWS::KMS::Key': {
    defaultName: (_stack, resource) => uuid(resource),
    attributes: { Arn: (name) => arn('kms', `key/${name}`), KeyId: (name) => name },
  },
  'AWS::KMS::Alias': { nameProperty: 'AliasName' },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    attributes: { Arn: (name) => arn('logs', `log-group:${name}:*`) },
  },
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    attributes: { Arn: (name) => arn('cloudwatch', `alarm:${name}`) },
  },
  'AWS::CloudWatch::Dashboard': { nameProperty: 'DashboardName' },
  'AWS::WAFv2::WebACL': {
    nameProperty: 'Name',
    reference: (name, _stack, resource) => `${name}|${identifier(resource, 20)}|REGIONAL`,
    attributes: {
      Arn: (name, _stack, resource) => arn('wafv2', `regional/webacl/${name}/${identifier(resource, 20)}`),
    },
  },
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    reference: (name, _stack, resource) => arn('secretsmanager', `secret:${name}-${identifier(resource, 6)}`),
    attributes: {
      Id: (name, _stack, resource) => arn('secretsmanager', `secret:${name}-${identifier(resource, 6)}`),
    },
  },
  'AWS::Cognito::UserPool': {
    defaultName: (_stack, resource) => `${LOCAL_REGION}_${identifier(resource, 9)}`,
    attributes: {
      Arn: (name) => arn('cognito-idp', `userpool/${name}`),
      UserPoolId: (name) => name,
      ProviderName: (name) => `cognito-idp.${LOCAL_REGION}.amazonaws.com/${name}`,
      ProviderURL: (name) => `https://cognito-idp.${LOCAL_REGION}.amazonaws.com/${name}`,
    },
  },
  'AWS::Cognito::UserPoolClient': {
    defaultName: (_stack, resource) => identifier(resource, 26),
    attributes: { ClientId: (name) => name },
  },
  'AWS::Cognito::UserPoolGroup': { nameProperty: 'GroupName' },
  'AWS::Cognito::UserPoolDomain': { nameProperty: 'Domain' },
};

function functionArn(stack: NamedStack, resource: Resource): string {
  const name = String(stack.property(resource, 'FunctionName'));
  return name.startsWith('arn:') ? name : arn('lambda', `function:${name}`);
}

/** The name by which AWS would know the resource: the one the template gives, else one made from the logical id. */
export function physicalName(stack: NamedStack, resource: Resource): string {
  const rule = RULES[resource.type];
  const given = rule?.nameProperty ? stack.property(resource, rule.nameProperty) : undefined;
  if (given !== undefined) return String(given);
  return rule?.defaultName?.(stack, resource) ?? `${stack.name}-${resource.logicalId}`;
}

/**
 * What `Ref` (attribute `Ref`) or `Fn::GetAtt` gives for a resource, made from its name alone so that
 * it is the same at every start; undefined for an attribute that the table does not know.
 */
export function deterministicAttribute(
  stack: NamedStack,
  resource: Resource,
  attribute: string,
): string | undefined {
  const rule = RULES[resource.type];
  const name = physicalName(stack, resource);
  if (attribute === 'Ref') return rule?.reference?.(name, stack, resource) ?? name;
  return rule?.attributes?.[attribute]?.(name, stack, resource);
}
