import { LOCAL_REGION } from '../account.ts';
import { resourcePaths } from '../gateway/rest-api.ts';
import type { CloudContext } from '../local-services.ts';
import type { Resource } from '../template.ts';
import { type AwsAnswer, type AwsCall, AwsError, jsonAnswer } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import { pageOf } from './page.ts';

const PATH = /^\/restapis(?:\/([^/?]+)(?:\/(resources|authorizers|stages)(?:\/([^/?]+))?)?)?\/?(?:\?(.*))?$/;

/** Resources in one answer. Source: "GetResources" of the API Gateway API reference. */
const PAGE_SIZE = 25;
const MAX_PAGE_SIZE = 500;

/** Shows the deployed API as API Gateway does: the template's, but for what drifted from it. */
export class ApiGatewayApi {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;

  constructor(context: CloudContext, caller: CallerAccess) {
    this.#context = context;
    this.#caller = caller;
  }

  /**
   * Serves a call about REST APIs; undefined for another path.
   * Source: "GetRestApis", "GetResources", "GetAuthorizers" and "GetStages" of the API Gateway API reference.
   */
  handle(call: AwsCall): Promise<AwsAnswer> | undefined {
    const [matched, apiId, kind, name, query] = PATH.exec(call.url) ?? [];
    if (matched === undefined) return undefined;
    return this.#serve(call, { apiId, kind, name, query: new URLSearchParams(query) });
  }

  async #serve(call: AwsCall, { apiId, kind, name, query }: Wanted): Promise<AwsAnswer> {
    const [path = ''] = call.url.split('?');
    this.#caller.authorise(call, `apigateway:${call.method}`, `arn:aws:apigateway:${LOCAL_REGION}::${path}`);
    if (call.method !== 'GET') throw unknown(call);
    const { stack } = this.#context;
    const apis = stack.resources('AWS::ApiGateway::RestApi');
    if (apiId === undefined) return jsonAnswer({ item: apis.map((api) => this.#api(api)) });
    const api = apis.find((candidate) => stack.attribute(candidate, 'Ref') === apiId);
    if (!api) throw notFound('API');
    if (kind === undefined) return jsonAnswer(this.#api(api));
    const shown = this.#lists(api, query)[kind]?.() ?? [];
    if (name !== undefined) {
      const one = shown.find(({ id, stageName }) => (id ?? stageName) === name);
      if (!one) throw notFound(kind.slice(0, -1));
      return jsonAnswer(one);
    }
    if (kind === 'authorizers' || kind === 'stages') return jsonAnswer({ item: shown });
    const size = Math.min(Number(query.get('limit') ?? PAGE_SIZE), MAX_PAGE_SIZE);
    const { items, next } = pageOf(shown, query.get('position'), size);
    return jsonAnswer({ item: items, position: next });
  }

  #api(api: Resource): object {
    const { stack } = this.#context;
    const { Name, Description, BinaryMediaTypes, ApiKeySourceType } = stack.properties(api);
    return {
      id: stack.attribute(api, 'Ref'),
      name: Name,
      description: Description,
      rootResourceId: stack.attribute(api, 'RootResourceId'),
      apiKeySource: ApiKeySourceType ?? 'HEADER',
      binaryMediaTypes: BinaryMediaTypes,
    };
  }

  #lists(api: Resource, query: URLSearchParams): Record<string, () => Shown[]> {
    const { stack } = this.#context;
    const id = stack.attribute(api, 'Ref');
    const ofApi = (type: string) =>
      stack
        .resources(type)
        .map((resource) => ({ resource, properties: stack.properties(resource) }))
        .filter(({ properties }) => properties.RestApiId === id);
    return {
      resources: () => this.#resources(api, query),
      authorizers: () =>
        ofApi('AWS::ApiGateway::Authorizer').map(({ resource, properties }) => ({
          id: stack.attribute(resource, 'Ref'),
          name: properties.Name,
          type: properties.Type,
          authorizerUri: properties.AuthorizerUri,
          identitySource: properties.IdentitySource,
          authorizerResultTtlInSeconds: Number(properties.AuthorizerResultTtlInSeconds ?? 300),
        })),
      stages: () =>
        ofApi('AWS::ApiGateway::Stage').map(({ resource, properties }) => ({
          stageName: stack.attribute(resource, 'Ref'),
          deploymentId: properties.DeploymentId,
          description: properties.Description,
          variables: properties.Variables,
          tracingEnabled: properties.TracingEnabled === true,
        })),
    };
  }

  /** The API's resources, by their paths; their methods in full if `embed=methods` asks for them. */
  #resources(api: Resource, query: URLSearchParams): Shown[] {
    const { stack } = this.#context;
    const embedded = query.getAll('embed').includes('methods');
    const methods = Map.groupBy(stack.resources('AWS::ApiGateway::Method'), (method) =>
      String(stack.property(method, 'ResourceId')),
    );
    const parts = new Map(
      stack
        .resources('AWS::ApiGateway::Resource')
        .map((resource) => [stack.attribute(resource, 'Ref'), stack.properties(resource)]),
    );
    return [...resourcePaths(stack, api)]
      .map(([id, path]) => {
        const own = (methods.get(id) ?? []).map((method) => this.#method(method, path));
        return {
          id,
          path,
          parentId: parts.get(id)?.ParentId,
          pathPart: parts.get(id)?.PathPart,
          ...(own.length > 0 && {
            resourceMethods: Object.fromEntries(
              own.map((method) => [method.httpMethod, embedded ? method : {}]),
            ),
          }),
        };
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #method(resource: Resource, path: string): ShownMethod {
    const { stack, drift } = this.#context;
    const { HttpMethod, AuthorizationType, AuthorizerId, ApiKeyRequired, Integration } =
      stack.properties(resource);
    const { Type, Uri, IntegrationHttpMethod } = (Integration ?? {}) as Record<string, unknown>;
    const httpMethod = String(HttpMethod);
    const unguarded = drift.isUnguarded({ method: httpMethod, path });
    const guard = unguarded
      ? { authorizationType: 'NONE' }
      : { authorizationType: AuthorizationType ?? 'NONE', authorizerId: AuthorizerId };
    return {
      httpMethod,
      ...guard,
      apiKeyRequired: String(ApiKeyRequired ?? false) === 'true',
      methodIntegration: { type: Type, uri: Uri, httpMethod: IntegrationHttpMethod },
    };
  }
}

interface Wanted {
  readonly apiId: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
}

type ShownMethod = { readonly httpMethod: string } & Readonly<Record<string, unknown>>;

/** A thing of the API as it is shown, known by its id or, a stage, by its name. */
type Shown = { readonly id?: unknown; readonly stageName?: unknown } & Readonly<Record<string, unknown>>;

const notFound = (what: string): AwsError =>
  new AwsError('NotFoundException', `Invalid ${what} identifier specified`, 404);

const unknown = ({ method, url }: AwsCall): AwsError =>
  new AwsError('UnknownOperationException', `The local cloud does not serve ${method} ${url}.`, 404);
