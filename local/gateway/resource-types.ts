import { LOCAL_REGION } from '../account.ts';
import { acceptAll, DESCRIPTION, identifier, type ResourceType, TAGS } from '../resource-type.ts';

const DEPLOYMENT = 'the template is served as it stands; there is nothing to deploy';
const TLS = 'the local cloud speaks plain HTTP on loopback';

/** The types of resources of the REST API. */
export const GATEWAY_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGateway::Account': {
    honoured: [],
    accepted: { CloudWatchRoleArn: 'access logs need no role here' },
  },
  'AWS::ApiGateway::ApiKey': {
    defaultName: (_stack, resource) => identifier(resource, 10),
    attributes: { APIKeyId: (name) => name },
    honoured: ['Enabled', 'Value'],
    accepted: { Description: DESCRIPTION, Name: DESCRIPTION, Tags: TAGS },
  },
  'AWS::ApiGateway::Authorizer': {
    defaultName: (_stack, resource) => identifier(resource, 6),
    attributes: { AuthorizerId: (name) => name },
    honoured: ['AuthorizerUri', 'AuthorizerResultTtlInSeconds', 'IdentitySource', 'RestApiId', 'Type'],
    accepted: { Name: DESCRIPTION },
  },
  'AWS::ApiGateway::BasePathMapping': {
    honoured: [],
    accepted: acceptAll(
      ['BasePath', 'DomainName', 'RestApiId', 'Stage'],
      'the stage is served at the root already',
    ),
  },
  'AWS::ApiGateway::Deployment': {
    defaultName: (_stack, resource) => identifier(resource, 6),
    attributes: { DeploymentId: (name) => name },
    honoured: [],
    accepted: { Description: DESCRIPTION, RestApiId: DEPLOYMENT },
  },
  'AWS::ApiGateway::DomainName': {
    nameProperty: 'DomainName',
    attributes: {
      RegionalDomainName: (_name, _stack, resource) =>
        `d-${identifier(resource, 10)}.execute-api.${LOCAL_REGION}.amazonaws.com`,
      RegionalHostedZoneId: () => 'Z1UJRXOUMOOFQ8',
    },
    honoured: ['DomainName'],
    accepted: acceptAll(
      [
        'CertificateArn',
        'EndpointAccessMode',
        'EndpointConfiguration',
        'RegionalCertificateArn',
        'SecurityPolicy',
        'Tags',
      ],
      TLS,
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
    nameProperty: 'Name',
    honoured: [],
    accepted: acceptAll(
      ['ContentType', 'Description', 'Name', 'RestApiId', 'Schema'],
      'a proxy validates no body',
    ),
  },
  'AWS::ApiGateway::RequestValidator': {
    defaultName: (_stack, resource) => identifier(resource, 6),
    honoured: [],
    accepted: acceptAll(
      ['Name', 'RestApiId', 'ValidateRequestBody', 'ValidateRequestParameters'],
      'no method may name a validator here',
    ),
  },
  'AWS::ApiGateway::Resource': {
    defaultName: (_stack, resource) => identifier(resource, 6),
    attributes: { ResourceId: (name) => name },
    honoured: ['ParentId', 'PathPart', 'RestApiId'],
  },
  'AWS::ApiGateway::RestApi': {
    defaultName: (_stack, resource) => identifier(resource, 10),
    attributes: {
      RootResourceId: (_name, _stack, resource) => identifier(resource, 12).slice(2),
      RestApiId: (name) => name,
    },
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
    nameProperty: 'StageName',
    defaultName: () => 'Prod',
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
    defaultName: (_stack, resource) => identifier(resource, 6),
    attributes: { Id: (name) => name },
    honoured: ['ApiStages.ApiId', 'ApiStages.Stage', 'Throttle.BurstLimit', 'Throttle.RateLimit'],
    accepted: {
      'ApiStages.Throttle': 'must be empty: limits of single methods are refused at start',
      Description: DESCRIPTION,
      Tags: TAGS,
      UsagePlanName: DESCRIPTION,
    },
  },
  'AWS::ApiGateway::UsagePlanKey': {
    honoured: ['KeyId', 'KeyType', 'UsagePlanId'],
  },
};
