/** What the local cloud makes of a type of resource. */
export interface SupportedType {
  /** Properties that have their effect here. `A.B` is the property B within A, or within each entry of the list A. */
  readonly honoured: readonly string[];
  /** Properties that are accepted without effect, with the reason. */
  readonly accepted?: Readonly<Record<string, string>>;
}

const DESCRIPTION = 'says what the resource is for';
const TAGS = 'nothing here is billed or searched by tag';
const ENCRYPTION = 'data stays on this machine';
const RETENTION = 'logs live as long as the process, bounded by number';
const DEPLOYMENT = 'the template is served as it stands; there is nothing to deploy';
const TLS = 'the local cloud speaks plain HTTP on loopback';
const RESOURCE_POLICY = 'calls are judged by identity policies only';
const ADDRESSES = 'every caller has the same source address here';
const MESSAGES = 'no mail or text message is sent';
const PACKETS = 'there are no packets to log';
const MACHINE = 'everything runs on this machine';
const BACKUPS = 'there are no backups here';
const ENGINE = 'a redis-server stands for every engine';
const SUBNETS = 'the subnets say in which VPC something is';
const OTHER_SIGN_IN = 'users sign in by IAM only';

/**
 * Every type of resource that the local cloud knows, with every property. The page docs/local-cloud.md shows
 * this table; a test keeps the two equal.
 */
export const SUPPORTED: Readonly<Record<string, SupportedType>> = {
  'AWS::ApiGateway::Account': {
    honoured: [],
    accepted: { CloudWatchRoleArn: 'access logs need no role here' },
  },
  'AWS::ApiGateway::ApiKey': {
    honoured: ['Enabled', 'Value'],
    accepted: { Description: DESCRIPTION, Name: DESCRIPTION, Tags: TAGS },
  },
  'AWS::ApiGateway::Authorizer': {
    honoured: ['AuthorizerUri', 'AuthorizerResultTtlInSeconds', 'IdentitySource', 'RestApiId', 'Type'],
    accepted: { Name: DESCRIPTION },
  },
  'AWS::ApiGateway::BasePathMapping': {
    honoured: [],
    accepted: Object.fromEntries(
      ['BasePath', 'DomainName', 'RestApiId', 'Stage'].map((name) => [
        name,
        'the stage is served at the root already',
      ]),
    ),
  },
  'AWS::ApiGateway::Deployment': {
    honoured: [],
    accepted: { Description: DESCRIPTION, RestApiId: DEPLOYMENT },
  },
  'AWS::ApiGateway::DomainName': {
    honoured: ['DomainName'],
    accepted: Object.fromEntries(
      [
        'CertificateArn',
        'EndpointAccessMode',
        'EndpointConfiguration',
        'RegionalCertificateArn',
        'SecurityPolicy',
        'Tags',
      ].map((name) => [name, TLS]),
    ),
  },
  'AWS::ApiGateway::GatewayResponse': {
    honoured: ['ResponseParameters', 'ResponseTemplates', 'ResponseType', 'RestApiId', 'StatusCode'],
  },
  'AWS::ApiGateway::Method': {
    honoured: [
      'ApiKeyRequired',
      'AuthorizationType',
      'AuthorizerId',
      'HttpMethod',
      'Integration.ContentHandling',
      'Integration.IntegrationHttpMethod',
      'Integration.IntegrationResponses.ResponseParameters',
      'Integration.IntegrationResponses.ResponseTemplates',
      'Integration.IntegrationResponses.SelectionPattern',
      'Integration.IntegrationResponses.StatusCode',
      'Integration.RequestParameters',
      'Integration.RequestTemplates',
      'Integration.TimeoutInMillis',
      'Integration.Type',
      'Integration.Uri',
      'ResourceId',
      'RestApiId',
    ],
    accepted: {
      'Integration.PassthroughBehavior': 'concerns requests without a template, which are answered 415',
      MethodResponses: 'declares what the integration responses already say',
      OperationName: DESCRIPTION,
      RequestParameters: 'declares path parameters, which the path already has',
    },
  },
  'AWS::ApiGateway::Model': {
    honoured: [],
    accepted: Object.fromEntries(
      ['ContentType', 'Description', 'Name', 'RestApiId', 'Schema'].map((name) => [
        name,
        'a proxy validates no body',
      ]),
    ),
  },
  'AWS::ApiGateway::RequestValidator': {
    honoured: [],
    accepted: Object.fromEntries(
      ['Name', 'RestApiId', 'ValidateRequestBody', 'ValidateRequestParameters'].map((name) => [
        name,
        'no method may name a validator here',
      ]),
    ),
  },
  'AWS::ApiGateway::Resource': { honoured: ['ParentId', 'PathPart', 'RestApiId'] },
  'AWS::ApiGateway::RestApi': {
    honoured: ['ApiKeySourceType', 'BinaryMediaTypes'],
    accepted: {
      Description: DESCRIPTION,
      DisableExecuteApiEndpoint: 'there is one address, the local one',
      EndpointAccessMode: TLS,
      EndpointConfiguration: 'the API listens on loopback',
      Name: DESCRIPTION,
      SecurityPolicy: TLS,
      Tags: TAGS,
    },
  },
  'AWS::ApiGateway::Stage': {
    honoured: [
      'AccessLogSetting.Format',
      'MethodSettings.HttpMethod',
      'MethodSettings.ResourcePath',
      'MethodSettings.ThrottlingBurstLimit',
      'MethodSettings.ThrottlingRateLimit',
      'RestApiId',
      'StageName',
      'Variables',
    ],
    accepted: {
      'AccessLogSetting.DestinationArn': 'the access log is the group "access" of /_local/logs',
      DeploymentId: DEPLOYMENT,
      Description: DESCRIPTION,
      'MethodSettings.DataTraceEnabled': 'there are no execution logs',
      'MethodSettings.LoggingLevel': 'there are no execution logs',
      'MethodSettings.MetricsEnabled': 'the gateway itself publishes no metrics here',
      Tags: TAGS,
      TracingEnabled: 'there is no X-Ray here',
    },
  },
  'AWS::ApiGateway::UsagePlan': {
    honoured: ['ApiStages.ApiId', 'ApiStages.Stage', 'Throttle.BurstLimit', 'Throttle.RateLimit'],
    accepted: {
      'ApiStages.Throttle': 'must be empty: limits of single methods are refused at start',
      Description: DESCRIPTION,
      Tags: TAGS,
      UsagePlanName: DESCRIPTION,
    },
  },
  'AWS::ApiGateway::UsagePlanKey': { honoured: ['KeyId', 'KeyType', 'UsagePlanId'] },
  'AWS::CloudWatch::Alarm': {
    honoured: [
      'ActionsEnabled',
      'AlarmActions',
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'InsufficientDataActions',
      'MetricName',
      'Namespace',
      'OKActions',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
      'Unit',
    ],
    accepted: { AlarmDescription: DESCRIPTION, Tags: TAGS },
  },
  'AWS::CloudWatch::Dashboard': {
    honoured: [],
    accepted: { DashboardBody: 'there is no CloudWatch console here', DashboardName: DESCRIPTION },
  },
  'AWS::Cognito::UserPool': {
    honoured: ['LambdaConfig', 'MfaConfiguration', 'Policies', 'UserPoolName', 'UsernameConfiguration'],
    accepted: {
      AccountRecoverySetting: MESSAGES,
      AdminCreateUserConfig: 'nobody can sign up here; invitations are not sent',
      AutoVerifiedAttributes: MESSAGES,
      DeletionProtection: 'nothing deletes it here',
      EmailConfiguration: MESSAGES,
      EmailVerificationMessage: MESSAGES,
      EmailVerificationSubject: MESSAGES,
      EnabledMfas: 'the kind of second factor is the one that a user sets up',
      SmsVerificationMessage: MESSAGES,
      UserPoolAddOns: 'there is no threat protection here',
      UserPoolTags: TAGS,
      UserPoolTier: 'every feature that is there is there in every tier',
      VerificationMessageTemplate: MESSAGES,
    },
  },
  'AWS::Cognito::UserPoolClient': {
    honoured: [
      'AccessTokenValidity',
      'ExplicitAuthFlows',
      'IdTokenValidity',
      'PreventUserExistenceErrors',
      'RefreshTokenValidity',
      'TokenValidityUnits',
      'UserPoolId',
    ],
    accepted: {
      AllowedOAuthFlows: 'there is no managed login here',
      AllowedOAuthFlowsUserPoolClient: 'there is no managed login here',
      AllowedOAuthScopes: 'there is no managed login here',
      AuthSessionValidity: 'a challenge can be answered for three minutes',
      CallbackURLs: 'there is no managed login here',
      ClientName: DESCRIPTION,
      EnableTokenRevocation: 'refresh tokens can be revoked whatever it says',
      GenerateSecret: 'clients here have no secret',
      LogoutURLs: 'there is no managed login here',
      SupportedIdentityProviders: 'the pool is its only provider',
    },
  },
  'AWS::Cognito::ManagedLoginBranding': {
    honoured: [],
    accepted: Object.fromEntries(
      ['ClientId', 'UseCognitoProvidedValues', 'UserPoolId'].map((name) => [
        name,
        'there is no managed login here',
      ]),
    ),
  },
  'AWS::Cognito::UserPoolDomain': {
    honoured: [],
    accepted: Object.fromEntries(
      ['CustomDomainConfig', 'Domain', 'ManagedLoginVersion', 'UserPoolId'].map((name) => [
        name,
        'there is no managed login here',
      ]),
    ),
  },
  'AWS::Cognito::UserPoolGroup': {
    honoured: ['GroupName', 'UserPoolId'],
    accepted: { Description: DESCRIPTION, Precedence: 'groups give no IAM role here' },
  },
  'AWS::DynamoDB::Table': {
    honoured: [
      'AttributeDefinitions',
      'BillingMode',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'StreamSpecification',
      'TableName',
    ],
    accepted: {
      TimeToLiveSpecification: 'items stay past their time, as they may for days in AWS',
      DeletionProtectionEnabled: 'nothing deletes it here',
      PointInTimeRecoverySpecification: BACKUPS,
      ProvisionedThroughput: 'no call is throttled here',
      SSESpecification: ENCRYPTION,
      Tags: TAGS,
    },
  },
  'AWS::EC2::FlowLog': {
    honoured: [],
    accepted: Object.fromEntries(
      [
        'DeliverLogsPermissionArn',
        'LogDestination',
        'LogDestinationType',
        'LogFormat',
        'LogGroupName',
        'MaxAggregationInterval',
        'ResourceId',
        'ResourceType',
        'Tags',
        'TrafficType',
      ].map((name) => [name, PACKETS]),
    ),
  },
  'AWS::EC2::RouteTable': { honoured: [], accepted: { Tags: TAGS, VpcId: SUBNETS } },
  'AWS::EC2::SecurityGroup': {
    honoured: [
      ...[
        'CidrIp',
        'DestinationPrefixListId',
        'DestinationSecurityGroupId',
        'FromPort',
        'IpProtocol',
        'ToPort',
      ].map((name) => `SecurityGroupEgress.${name}`),
      ...['CidrIp', 'FromPort', 'IpProtocol', 'SourceSecurityGroupId', 'ToPort'].map(
        (name) => `SecurityGroupIngress.${name}`,
      ),
    ],
    accepted: {
      GroupDescription: DESCRIPTION,
      GroupName: DESCRIPTION,
      'SecurityGroupEgress.Description': DESCRIPTION,
      'SecurityGroupIngress.Description': DESCRIPTION,
      Tags: TAGS,
      VpcId: SUBNETS,
    },
  },
  'AWS::EC2::SecurityGroupEgress': {
    honoured: [
      'CidrIp',
      'DestinationPrefixListId',
      'DestinationSecurityGroupId',
      'FromPort',
      'GroupId',
      'IpProtocol',
      'ToPort',
    ],
    accepted: { Description: DESCRIPTION },
  },
  'AWS::EC2::SecurityGroupIngress': {
    honoured: ['CidrIp', 'FromPort', 'GroupId', 'IpProtocol', 'SourceSecurityGroupId', 'ToPort'],
    accepted: { Description: DESCRIPTION },
  },
  'AWS::EC2::Subnet': {
    honoured: ['CidrBlock', 'VpcId'],
    accepted: { AvailabilityZone: MACHINE, MapPublicIpOnLaunch: MACHINE, Tags: TAGS },
  },
  'AWS::EC2::SubnetRouteTableAssociation': { honoured: ['RouteTableId', 'SubnetId'] },
  'AWS::EC2::VPC': {
    honoured: ['CidrBlock'],
    accepted: {
      EnableDnsHostnames: MACHINE,
      EnableDnsSupport: MACHINE,
      InstanceTenancy: MACHINE,
      Tags: TAGS,
    },
  },
  'AWS::EC2::VPCEndpoint': {
    honoured: [
      'PrivateDnsEnabled',
      'RouteTableIds',
      'SecurityGroupIds',
      'ServiceName',
      'SubnetIds',
      'VpcEndpointType',
      'VpcId',
    ],
    accepted: { PolicyDocument: RESOURCE_POLICY, Tags: TAGS },
  },
  'AWS::ElastiCache::ServerlessCache': {
    honoured: ['SecurityGroupIds', 'ServerlessCacheName', 'SubnetIds', 'UserGroupId'],
    accepted: {
      CacheUsageLimits: 'nothing is limited or billed by use here',
      DailySnapshotTime: BACKUPS,
      Description: DESCRIPTION,
      Engine: ENGINE,
      FinalSnapshotName: BACKUPS,
      KmsKeyId: ENCRYPTION,
      MajorEngineVersion: ENGINE,
      NetworkType: MACHINE,
      SnapshotRetentionLimit: BACKUPS,
      Tags: TAGS,
    },
  },
  'AWS::ElastiCache::User': {
    honoured: ['AccessString', 'AuthenticationMode.Type', 'UserId', 'UserName'],
    accepted: {
      'AuthenticationMode.Passwords': OTHER_SIGN_IN,
      Engine: ENGINE,
      NoPasswordRequired: OTHER_SIGN_IN,
      Passwords: OTHER_SIGN_IN,
      Tags: TAGS,
    },
  },
  'AWS::ElastiCache::UserGroup': {
    honoured: ['UserGroupId', 'UserIds'],
    accepted: { Engine: ENGINE, Tags: TAGS },
  },
  'AWS::Events::EventBus': {
    honoured: ['Name'],
    accepted: {
      DeadLetterConfig: 'nothing fails between bus and rule here',
      Description: DESCRIPTION,
      KmsKeyIdentifier: ENCRYPTION,
      LogConfig: 'the bus writes no log here',
      Tags: TAGS,
    },
  },
  'AWS::Events::EventBusPolicy': {
    honoured: [],
    accepted: Object.fromEntries(
      ['EventBusName', 'Statement', 'StatementId'].map((name) => [name, RESOURCE_POLICY]),
    ),
  },
  'AWS::Events::Rule': {
    honoured: ['EventBusName', 'EventPattern', 'Name', 'ScheduleExpression', 'State', 'Targets'],
    accepted: { Description: DESCRIPTION, Tags: TAGS },
  },
  'AWS::IAM::ManagedPolicy': {
    honoured: ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
    accepted: { Description: DESCRIPTION, Path: DESCRIPTION },
  },
  'AWS::IAM::Policy': { honoured: ['PolicyDocument', 'PolicyName', 'Roles'] },
  'AWS::IAM::Role': {
    honoured: ['ManagedPolicyArns', 'Policies', 'RoleName'],
    accepted: {
      AssumeRolePolicyDocument: 'a function runs as the role it names',
      Description: DESCRIPTION,
      Path: DESCRIPTION,
      Tags: TAGS,
    },
  },
  'AWS::KMS::Alias': {
    honoured: ['AliasName'],
    accepted: { TargetKeyId: ENCRYPTION },
  },
  'AWS::KMS::Key': {
    honoured: ['KeyPolicy'],
    accepted: Object.fromEntries(
      ['Description', 'EnableKeyRotation', 'PendingWindowInDays', 'RotationPeriodInDays', 'Tags'].map(
        (name) => [name, ENCRYPTION],
      ),
    ),
  },
  'AWS::Lambda::Alias': {
    honoured: ['FunctionName', 'Name'],
    accepted: { Description: DESCRIPTION, FunctionVersion: 'there is one version of each function' },
  },
  'AWS::Lambda::EventInvokeConfig': {
    honoured: ['DestinationConfig.OnFailure', 'FunctionName', 'MaximumRetryAttempts'],
    accepted: {
      MaximumEventAgeInSeconds: 'events wait seconds here, never hours',
      Qualifier: 'there is one version of each function',
    },
  },
  'AWS::Lambda::EventSourceMapping': {
    honoured: [
      'BatchSize',
      'BisectBatchOnFunctionError',
      'DestinationConfig',
      'Enabled',
      'EventSourceArn',
      'FilterCriteria',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'MaximumRecordAgeInSeconds',
      'MaximumRetryAttempts',
      'StartingPosition',
    ],
    accepted: {
      ParallelizationFactor: 'each stream has one shard',
      ScalingConfig: 'the number of instances bounds it',
      Tags: TAGS,
    },
  },
  'AWS::Lambda::Function': {
    honoured: [
      'Code.S3Key',
      'DeadLetterConfig',
      'Environment',
      'FunctionName',
      'Handler',
      'LoggingConfig.LogFormat',
      'LoggingConfig.LogGroup',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Role',
      'Timeout',
      'VpcConfig.SecurityGroupIds',
      'VpcConfig.SubnetIds',
    ],
    accepted: {
      Architectures: 'the code is JavaScript',
      'Code.S3Bucket': 'the code is read from the assembly',
      Description: DESCRIPTION,
      'LoggingConfig.ApplicationLogLevel': 'every line is kept',
      'LoggingConfig.SystemLogLevel': 'every line is kept',
      Runtime: 'functions run on the Node.js of the local cloud',
      Tags: TAGS,
      TracingConfig: 'there is no X-Ray here',
      'VpcConfig.Ipv6AllowedForDualStack': MACHINE,
    },
  },
  'AWS::Lambda::Permission': {
    honoured: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    accepted: { SourceAccount: 'there is one account here' },
  },
  'AWS::Lambda::Version': { honoured: ['FunctionName'], accepted: { Description: DESCRIPTION } },
  'AWS::Logs::LogGroup': {
    honoured: ['LogGroupName'],
    accepted: { KmsKeyId: ENCRYPTION, LogGroupClass: RETENTION, RetentionInDays: RETENTION, Tags: TAGS },
  },
  'AWS::Logs::MetricFilter': {
    honoured: [
      'FilterPattern',
      'LogGroupName',
      'MetricTransformations.MetricName',
      'MetricTransformations.MetricNamespace',
      'MetricTransformations.MetricValue',
      'MetricTransformations.Unit',
    ],
    accepted: { FilterName: DESCRIPTION },
  },
  'AWS::Logs::QueryDefinition': {
    honoured: [],
    accepted: Object.fromEntries(
      ['LogGroupNames', 'Name', 'QueryString'].map((name) => [name, 'there is no Logs Insights here']),
    ),
  },
  'AWS::Logs::SubscriptionFilter': {
    honoured: ['DestinationArn', 'FilterPattern', 'LogGroupName'],
    accepted: { FilterName: DESCRIPTION, RoleArn: 'deliveries need no role here' },
  },
  'AWS::SNS::Subscription': {
    honoured: ['Endpoint', 'Protocol', 'RawMessageDelivery', 'TopicArn'],
    accepted: { RedrivePolicy: 'a delivery here does not fail' },
  },
  'AWS::SNS::Topic': {
    honoured: ['KmsMasterKeyId', 'TopicName'],
    accepted: { DisplayName: DESCRIPTION, Tags: TAGS },
  },
  'AWS::SNS::TopicPolicy': {
    honoured: ['PolicyDocument', 'Topics'],
  },
  'AWS::SQS::Queue': {
    honoured: ['QueueName', 'RedrivePolicy', 'VisibilityTimeout'],
    accepted: {
      KmsMasterKeyId: ENCRYPTION,
      MessageRetentionPeriod: 'messages live as long as the process',
      SqsManagedSseEnabled: ENCRYPTION,
      Tags: TAGS,
    },
  },
  'AWS::SQS::QueuePolicy': {
    honoured: [],
    accepted: { PolicyDocument: RESOURCE_POLICY, Queues: RESOURCE_POLICY },
  },
  'AWS::SecretsManager::Secret': {
    honoured: ['GenerateSecretString', 'Name', 'SecretString'],
    accepted: { Description: DESCRIPTION, KmsKeyId: ENCRYPTION, Tags: TAGS },
  },
  'AWS::SecretsManager::ResourcePolicy': {
    honoured: [],
    accepted: {
      BlockPublicPolicy: RESOURCE_POLICY,
      ResourcePolicy: RESOURCE_POLICY,
      SecretId: RESOURCE_POLICY,
    },
  },
  'AWS::StepFunctions::StateMachine': {
    honoured: [
      'DefinitionString',
      'DefinitionSubstitutions',
      'RoleArn',
      'StateMachineName',
      'StateMachineType',
    ],
    accepted: {
      EncryptionConfiguration: ENCRYPTION,
      LoggingConfiguration: 'executions write no log here',
      Tags: TAGS,
      TracingConfiguration: 'there is no X-Ray here',
    },
  },
  'AWS::WAFv2::WebACL': {
    honoured: [],
    accepted: Object.fromEntries(
      [
        'CustomResponseBodies',
        'DefaultAction',
        'Description',
        'Name',
        'Rules',
        'Scope',
        'Tags',
        'VisibilityConfig',
      ].map((name) => [name, ADDRESSES]),
    ),
  },
  'AWS::WAFv2::WebACLAssociation': {
    honoured: [],
    accepted: { ResourceArn: ADDRESSES, WebACLArn: ADDRESSES },
  },
  'AWS::CDK::Metadata': { honoured: [], accepted: { Analytics: 'counts the constructs in use' } },
  'Custom::Trigger': {
    honoured: ['HandlerArn', 'InvocationType'],
    accepted: {
      ExecuteOnHandlerChange: 'the function is invoked at every start',
      ServiceToken: 'the local cloud invokes the function itself',
      Timeout: "the function's own timeout ends it",
    },
  },
};

/** The table as it stands in docs/local-cloud.md. */
export function supportedTypesAsMarkdown(): string {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || '–';
  const rows = Object.entries(SUPPORTED).map(([type, { honoured, accepted = {} }]) => {
    const reasons = Map.groupBy(Object.entries(accepted), ([, reason]) => reason);
    const ignored = [...reasons].map(
      ([reason, properties]) => `${code(properties.map(([property]) => property))}: ${reason}`,
    );
    return `| \`${type}\` | ${code(honoured)} | ${ignored.join('; ') || '–'} |`;
  });
  return ['| type | honoured | accepted without effect |', '|---|---|---|', ...rows].join('\n');
}
