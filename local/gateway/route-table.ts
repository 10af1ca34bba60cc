/** A path of the API that has methods. */
export interface Route<T> {
  /** The resource's path, such as `/api/{proxy+}`. */
  readonly resourcePath: string;
  /** What serves a verb, by its name; `ANY` serves all others. */
  readonly methods: ReadonlyMap<string, T>;
}

/** Which method serves a request, and the path parameters as they stand in the request, still encoded. */
export interface RouteMatch<T> {
  readonly resourcePath: string;
  readonly method: T;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter?: { readonly name: string; readonly node: Node<T> };
  greedy?: { readonly name: string; readonly route: Route<T> };
  route?: Route<T>;
}

/**
 * Finds the resource of a path as API Gateway does: segments compared as they are sent, with regard to
 * case; a literal before `{name}` before `{name+}`; back to the next best where a branch ends without a
 * method for the verb. A slash at the end belongs to what `{name+}` stands for, and is ignored elsewhere.
 */
export class RouteTable<T> {
  readonly #root: Node<T> = { literals: new Map() };
  readonly #routes: readonly Route<T>[];

  constructor(routes: readonly Route<T>[]) {
    this.#routes = routes;
    for (const route of routes) this.#add(route);
  }

  /** Every method of every route. */
  methods(): T[] {
    return this.#routes.flatMap((route) => [...route.methods.values()]);
  }

  /**
   * The method for a verb and a path (without query); undefined: the API has none.
   *
   * @example table.find('GET', '/api/maintenance/status')
   */
  find(verb: string, path: string): RouteMatch<T> | undefined {
    return search(this.#root, path.slice(1), verb, {});
  }

  #add(route: Route<T>): void {
    let node = this.#root;
    for (const segment of route.resourcePath.split('/').filter((part) => part !== '')) {
      const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(segment) ?? [];
      if (name !== undefined && plus) {
        node.greedy = { name, route };
        return;
      }
      node = name === undefined ? literalChild(node, segment) : parameterChild(node, name);
    }
    node.route = route;
  }
}

function literalChild<T>(node: Node<T>, segment: string): Node<T> {
  const child = node.literals.get(segment) ?? { literals: new Map() };
  node.literals.set(segment, child);
  return child;
}

function parameterChild<T>(node: Node<T>, name: string): Node<T> {
  node.parameter ??= { name, node: { literals: new Map() } };
  return node.parameter.node;
}

/** @param rest the path after the slash that leads to this node's children; empty at the end */
function search<T>(
  node: Node<T>,
  rest: string,
  verb: string,
  parameters: Readonly<Record<string, string>>,
): RouteMatch<T> | undefined {
  if (rest === '') return matched(node.route, verb, parameters);
  const slash = rest.indexOf('/');
  const segment = slash < 0 ? rest : rest.slice(0, slash);
  const after = slash < 0 ? '' : rest.slice(slash + 1);
  const literal = node.literals.get(segment);
  const { parameter, greedy } = node;
  return (
    (literal && search(literal, after, verb, parameters)) ??
    (parameter && segment !== ''
      ? search(parameter.node, after, verb, { ...parameters, [parameter.name]: segment })
      : undefined) ??
    (greedy && matched(greedy.route, verb, { ...parameters, [greedy.name]: rest }))
  );
}

function matched<T>(
  route: Route<T> | undefined,
  verb: string,
  pathParameters: Readonly<Record<string, string>>,
): RouteMatch<T> | undefined {
  const method = route?.methods.get(verb) ?? route?.methods.get('ANY');
  if (!route || method === undefined) return undefined;
  return { resourcePath: route.resourcePath, method, pathParameters };
}
