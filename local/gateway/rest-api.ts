import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import { wildcard } from '../iam.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { type Route, RouteTable } from './route-table.ts';
import type { ThrottleSettings } from './throttle.ts';
import { type ApiKeySource, readUsagePlanKeys, type UsagePlanKeys } from './usage-plans.ts';

/** A method's integration, as the template describes it. */
export type Integration =
  | { readonly type: 'AWS_PROXY'; readonly functionArn: string; readonly timeoutMs: number }
  | {
      readonly type: 'HTTP_PROXY';
      /** Absolute, with `{name}` where a path parameter goes. */
      readonly uri: string;
      /** `ANY`: the request's own verb. */
      readonly method: string;
      /** `integration.request.…` to mapping. */
      readonly parameters: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
    }
  | {
      readonly type: 'MOCK';
      readonly requestTemplates: Readonly<Record<string, string>>;
      readonly convertsToText: boolean;
      readonly responses: readonly MockResponse[];
    };

/** One integration response of a MOCK integration. */
interface MockResponse {
  readonly status: number;
  /** Regular expression over the status chosen by the request template; undefined: the default response. */
  readonly selectionPattern?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
}

/** The REQUEST authorizer of a method. */
export interface Authorizer {
  readonly id: string;
  readonly functionArn: string;
  /** What a request must have for the authorizer to be asked, such as `method.request.header.Authorization`. */
  readonly identitySources: readonly string[];
}

/** One method of the API. */
export interface ApiMethod {
  /** Its HTTP verb, or `ANY`. */
  readonly verb: string;
  readonly resourceId: string;
  readonly integration: Integration;
  /** Absent: everybody may call it. */
  readonly authorizer?: Authorizer;
  readonly apiKeyRequired: boolean;
}

/** What the template says of one kind of gateway response. */
export interface GatewayResponseSettings {
  readonly status?: number;
  /** Header name to mapping: `'text'`, `context.…` or `method.request.…`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Media type to template. */
  readonly templates: Readonly<Record<string, string>>;
}

/** The stack's REST API with its one stage. */
export interface RestApi {
  readonly id: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly routes: RouteTable<ApiMethod>;
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponseSettings>;
  readonly binaryMediaTypes: readonly string[];
  readonly throttle?: ThrottleSettings;
  readonly apiKeySource: ApiKeySource;
  readonly usagePlanKeys: UsagePlanKeys;
  readonly accessLogFormat?: string;
}

type Properties = Record<string, unknown>;

/** The longest that API Gateway waits for an integration. Source: "Amazon API Gateway quotas". */
const INTEGRATION_LIMIT_MS = 29_000;

/** Reads the REST API out of a stack; throws, naming the resource, where it is not one that API Gateway would run. */
export function readRestApi(stack: Stack): RestApi {
  const api = only(stack, 'AWS::ApiGateway::RestApi');
  const stage = only(stack, 'AWS::ApiGateway::Stage');
  const id = stack.attribute(api, 'Ref');
  const stageName = stack.attribute(stage, 'Ref');
  const variables = (stack.property(stage, 'Variables') ?? {}) as Record<string, string>;
  const accessLog = stack.property(stage, 'AccessLogSetting') as { Format?: string } | undefined;
  const throttle = readThrottle(stack, stage);
  return {
    id,
    stage: stageName,
    stageVariables: variables,
    routes: new RouteTable(readRoutes(stack, api, `${id}/${stageName}`)),
    gatewayResponses: readGatewayResponses(stack),
    binaryMediaTypes: (stack.property(api, 'BinaryMediaTypes') ?? []) as string[],
    apiKeySource: (stack.property(api, 'ApiKeySourceType') ?? 'HEADER') as ApiKeySource,
    usagePlanKeys: readUsagePlanKeys(stack, id, stageName),
    ...(throttle ? { throttle } : {}),
    ...(accessLog?.Format ? { accessLogFormat: accessLog.Format } : {}),
  };
}

function only(stack: Stack, type: string): Resource {
  const [resource, ...others] = stack.resources(type);
  if (!resource || others.length > 0) {
    throw new Error(
      `The local cloud serves a stack with one ${type}; this one has ${resource ? others.length + 1 : 0}.`,
    );
  }
  return resource;
}

function readRoutes(stack: Stack, api: Resource, stagePath: string): Route<ApiMethod>[] {
  const paths = resourcePaths(stack, api);
  const methods = new Map<string, Map<string, ApiMethod>>();
  for (const resource of stack.resources('AWS::ApiGateway::Method')) {
    const properties = stack.properties(resource);
    const resourceId = String(properties.ResourceId);
    const path = paths.get(resourceId);
    if (path === undefined)
      throw new Error(`The method ${resource.logicalId} belongs to no resource of the API.`);
    const verb = String(properties.HttpMethod);
    const authorizer = readAuthorizer(stack, resource, properties);
    const integration = readIntegration(stack, resource, properties.Integration as Properties);
    if (integration.type === 'AWS_PROXY') {
      requirePermission(stack, integration.functionArn, `${stagePath}/${verb === 'ANY' ? '*' : verb}${path}`);
    }
    const ofPath = methods.get(path) ?? new Map<string, ApiMethod>();
    const apiKeyRequired = String(properties.ApiKeyRequired ?? false) === 'true';
    methods.set(
      path,
      ofPath.set(verb, {
        verb,
        resourceId,
        integration,
        apiKeyRequired,
        ...(authorizer ? { authorizer } : {}),
      }),
    );
  }
  return [...methods].map(([resourcePath, ofPath]) => ({ resourcePath, methods: ofPath }));
}

/** Full paths of the API's resources, by their ids. */
export function resourcePaths(stack: Stack, api: Resource): Map<string, string> {
  const paths = new Map([[stack.attribute(api, 'RootResourceId'), '/']]);
  const waiting = new Map(
    stack
      .resources('AWS::ApiGateway::Resource')
      .map((resource) => [stack.attribute(resource, 'Ref'), stack.properties(resource)]),
  );
  for (let before = -1; waiting.size !== before; ) {
    before = waiting.size;
    for (const [id, { ParentId, PathPart }] of waiting) {
      const parent = paths.get(String(ParentId));
      if (parent === undefined) continue;
      paths.set(id, parent === '/' ? `/${PathPart}` : `${parent}/${PathPart}`);
      waiting.delete(id);
    }
  }
  return paths;
}

function readAuthorizer(stack: Stack, method: Resource, properties: Properties): Authorizer | undefined {
  const kind = properties.AuthorizationType ?? 'NONE';
  if (kind === 'NONE') return undefined;
  const resource = stack.find('AWS::ApiGateway::Authorizer', String(properties.AuthorizerId));
  const settings = resource && stack.properties(resource);
  if (kind !== 'CUSTOM' || settings?.Type !== 'REQUEST') {
    throw new Error(
      `The method ${method.logicalId} has no REQUEST authorizer; the local cloud knows no other kind.`,
    );
  }
  if (Number(settings.AuthorizerResultTtlInSeconds ?? 300) !== 0) {
    throw new Error(
      `The authorizer ${resource?.logicalId} caches its results; the local cloud runs authorizers without a cache: set AuthorizerResultTtlInSeconds to 0.`,
    );
  }
  const id = String(properties.AuthorizerId);
  const functionArn = functionOf(String(settings.AuthorizerUri), method);
  requirePermission(
    stack,
    functionArn,
    `${stack.attribute(only(stack, 'AWS::ApiGateway::RestApi'), 'Ref')}/authorizers/${id}`,
  );
  const sources = String(settings.IdentitySource ?? '').split(',');
  return {
    id,
    functionArn,
    identitySources: sources.map((source) => source.trim()).filter((source) => source !== ''),
  };
}

function readIntegration(stack: Stack, method: Resource, settings: Properties): Integration {
  const timeoutMs = Math.min(Number(settings.TimeoutInMillis ?? INTEGRATION_LIMIT_MS), INTEGRATION_LIMIT_MS);
  const uri = String(settings.Uri);
  switch (settings.Type) {
    case 'AWS_PROXY':
      return { type: 'AWS_PROXY', functionArn: functionOf(uri, method), timeoutMs };
    case 'HTTP_PROXY':
      return {
        type: 'HTTP_PROXY',
        uri,
        method: String(settings.IntegrationHttpMethod ?? 'ANY'),
        parameters: (settings.RequestParameters ?? {}) as Record<string, string>,
        timeoutMs,
      };
    case 'MOCK':
      return {
        type: 'MOCK',
        requestTemplates: (settings.RequestTemplates ?? {}) as Record<string, string>,
        convertsToText: settings.ContentHandling === 'CONVERT_TO_TEXT',
        responses: ((settings.IntegrationResponses ?? []) as Properties[]).map(mockResponse),
      };
    default:
      throw new Error(
        `The method ${method.logicalId} of ${stack.name} has an integration of type ${settings.Type}; the local cloud knows AWS_PROXY, HTTP_PROXY and MOCK.`,
      );
  }
}

function mockResponse(settings: Properties): MockResponse {
  const headers = Object.entries((settings.ResponseParameters ?? {}) as Record<string, string>).map(
    ([name, mapping]) => [name.replace(/^method\.response\.header\./, ''), mapping],
  );
  return {
    status: Number(settings.StatusCode),
    ...(settings.SelectionPattern === undefined
      ? {}
      : { selectionPattern: String(settings.SelectionPattern) }),
    headers: Object.fromEntries(headers),
    templates: (settings.ResponseTemplates ?? {}) as Record<string, string>,
  };
}

/** The function in `arn:aws:apigateway:…:lambda:path/2015-03-31/functions/<ARN>/invocations`. */
function functionOf(uri: string, method: Resource): string {
  const arn = /\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
  if (!arn) throw new Error(`The method ${method.logicalId} names no function: ${uri}.`);
  return arn;
}

/** Throws unless a permission of the template lets the API call the function, as API Gateway would refuse to. */
function requirePermission(stack: Stack, functionArn: string, source: string): void {
  const lambda = stack.find('AWS::Lambda::Function', functionArn.split(':').slice(0, 7).join(':'));
  const sourceArn = `arn:aws:execute-api:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${source.replace(/\{[^}]*\}/g, 'x')}`;
  const granted = stack.resources('AWS::Lambda::Permission').some((resource) => {
    const permission = stack.properties(resource);
    const name = String(permission.FunctionName);
    return (
      (name === functionArn || (lambda && name === stack.attribute(lambda, 'Ref'))) &&
      permission.Action === 'lambda:InvokeFunction' &&
      permission.Principal === 'apigateway.amazonaws.com' &&
      (permission.SourceArn === undefined || wildcard(String(permission.SourceArn), sourceArn))
    );
  });
  if (!granted) {
    throw new Error(
      `No AWS::Lambda::Permission lets ${sourceArn} invoke ${functionArn}; API Gateway would answer 500.`,
    );
  }
}

function readGatewayResponses(stack: Stack): Map<string, GatewayResponseSettings> {
  return new Map(
    stack.resources('AWS::ApiGateway::GatewayResponse').map((resource) => {
      const properties = stack.properties(resource);
      const parameters = Object.entries((properties.ResponseParameters ?? {}) as Record<string, string>);
      const settings: GatewayResponseSettings = {
        ...(properties.StatusCode === undefined ? {} : { status: Number(properties.StatusCode) }),
        headers: Object.fromEntries(
          parameters.map(([name, mapping]) => [name.replace(/^gatewayresponse\.header\./, ''), mapping]),
        ),
        templates: (properties.ResponseTemplates ?? {}) as Record<string, string>,
      };
      return [String(properties.ResponseType), settings];
    }),
  );
}

/** The limit of all methods (`/*`, `*`); limits of single methods are refused by supported-resources.ts. */
function readThrottle(stack: Stack, stage: Resource): ThrottleSettings | undefined {
  const settings = (stack.property(stage, 'MethodSettings') ?? []) as Properties[];
  const all = settings.find(({ ResourcePath, HttpMethod }) => ResourcePath === '/*' && HttpMethod === '*');
  if (all?.ThrottlingRateLimit === undefined) return undefined;
  return {
    rate: Number(all.ThrottlingRateLimit),
    burst: Number(all.ThrottlingBurstLimit ?? all.ThrottlingRateLimit),
  };
}
