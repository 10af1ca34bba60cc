import { Duration } from 'aws-cdk-lib';
import {
  ApiKeySourceType,
  type CfnRestApi,
  EndpointType,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../configuration/schema.ts';
import { removalPolicyFor } from '../removal-policy.ts';
import { ACCESS_LOG_FORMAT } from './access-log-format.ts';
import { acknowledgeGatewayFindings } from './acknowledged-findings.ts';
import { type ServingFunctions, serveControlApi, serveMaintenancePage } from './control-routes.ts';
import { addCustomDomain } from './custom-domain.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { proxyToOrigin } from './origin-proxy.ts';
import { OriginSecret } from './origin-secret.ts';
import { checkRoutes } from './route-check.ts';
import { tlsOf } from './tls.ts';

/** The stage's name. Only its address without a domain of one's own shows it. */
export const STAGE = 'live';

/**
 * The gate: a REST API whose every method asks the authorizer. It is a REST API, since no other kind can turn a deny
 * into a 503, and the authorizer's results are never cached, since a cached one would outlive a toggle.
 */
export class Gateway extends Construct {
  readonly api: RestApi;
  readonly authorizer: RequestAuthorizer;
  readonly originSecret: OriginSecret;
  readonly accessLogs: LogGroup;
  /** Where clients reach the API, without a trailing slash. */
  readonly url: string;

  constructor(
    scope: Construct,
    id: string,
    options: { configuration: Configuration; authorizer: IFunction; serving: ServingFunctions },
  ) {
    super(scope, id);
    const { configuration } = options;
    this.originSecret = new OriginSecret(this, 'OriginSecret', {
      versionId: configuration.originSecretVersion,
      deletionProtection: configuration.deletionProtection,
    });
    this.authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: options.authorizer,
      identitySources: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: configuration.logRetention,
      removalPolicy: removalPolicyFor(configuration.deletionProtection),
    });
    this.api = this.#createApi(configuration);
    const branches = proxyToOrigin(
      this.api,
      `${configuration.origin}${configuration.originPath}`,
      this.originSecret,
    );
    serveControlApi(branches.api, options.serving);
    serveMaintenancePage(branches.page, options.serving.status);
    addGatewayResponses(this.api, configuration.allowedOrigins);
    this.url = addCustomDomain(this.api, configuration) ?? this.#executeApiUrl();
    checkRoutes(this, { api: this.api, authorizer: this.authorizer, routes: configuration.routes });
    acknowledgeGatewayFindings(this.api);
  }

  #createApi(configuration: Configuration): RestApi {
    const api = new RestApi(this, 'Api', {
      restApiName: this.node.path.replaceAll('/', '-'),
      description: 'Maintenance mode in front of the application',
      endpointTypes: [EndpointType.REGIONAL],
      disableExecuteApiEndpoint: configuration.customDomain !== undefined,
      binaryMediaTypes: ['*/*'],
      cloudWatchRole: configuration.cloudWatchRole,
      ...(configuration.throttling.callers === undefined
        ? { defaultMethodOptions: { authorizer: this.authorizer } }
        : {
            apiKeySourceType: ApiKeySourceType.AUTHORIZER,
            defaultMethodOptions: { authorizer: this.authorizer, apiKeyRequired: true },
          }),
      deployOptions: {
        stageName: STAGE,
        accessLogDestination: new LogGroupLogDestination(this.accessLogs),
        accessLogFormat: ACCESS_LOG_FORMAT,
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        metricsEnabled: configuration.metricsByMethod,
        throttlingRateLimit: configuration.throttling.rateLimit,
        throttlingBurstLimit: configuration.throttling.burstLimit,
      },
    });
    const resource = api.node.defaultChild as CfnRestApi;
    Object.assign(resource, tlsOf(configuration.securityPolicy));
    api.node.tryRemoveChild('Endpoint');
    return api;
  }

  #executeApiUrl(): string {
    return this.api.urlForPath('/').replace(/\/$/, '');
  }
}
