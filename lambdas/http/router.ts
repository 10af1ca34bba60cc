import { type Action, type ActionOf, API } from '../../core/api/api.ts';
import { CONTROL_BASE_PATH } from '../../core/environment.ts';
import type { ApiCall } from '../../core/http/api-call.ts';
import { HttpProblem } from '../../core/http/problem.ts';

/** The call that a request makes. */
export interface Route<A extends Action> {
  readonly action: A;
  readonly call: ApiCall;
  /** What stands in the path for each `{name}`, as it came. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Finds the calls of the API that one function serves: its own, and those of functions that aren't there. */
export class Router<F extends ApiCall['servedBy']> {
  readonly #calls: readonly (readonly [ActionOf<F>, ApiCall])[];

  constructor(...servedBy: readonly F[]) {
    const calls = Object.entries(API) as [Action, ApiCall][];
    this.#calls = calls.filter(([, call]) => servedBy.some((each) => each === call.servedBy)) as [
      ActionOf<F>,
      ApiCall,
    ][];
  }

  /** The methods that a path takes. Throws HttpProblem with status 404 for a path that is none of ours. */
  methodsOf(path: string): string[] {
    const methods = this.#routesAt(path).map(({ call }) => call.method);
    return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
  }

  /** What a request is for. Throws HttpProblem with status 404 or 405. */
  find(method: string, path: string): Route<ActionOf<F>> {
    const routes = this.#routesAt(path);
    const found = routes.find(({ call }) => call.method === (method === 'HEAD' ? 'GET' : method));
    if (found !== undefined) return found;
    const allowed = this.methodsOf(path).join(', ');
    throw new HttpProblem('method_not_allowed', `This path takes ${allowed} only.`, {
      headers: { Allow: allowed },
    });
  }

  #routesAt(path: string): Route<ActionOf<F>>[] {
    const routes = this.#calls.flatMap(([action, call]) => {
      const parameters = match(call.path, path);
      return parameters === null ? [] : [{ action, call, parameters }];
    });
    if (routes.length > 0) return mostLiteral(routes);
    throw new HttpProblem(
      'not_found',
      'The maintenance API has nothing at this path. Paths are case-sensitive.',
    );
  }
}

/** As API Gateway has it: `/sessions/statistics` is no session's id. */
function mostLiteral<A extends Action>(routes: readonly Route<A>[]): Route<A>[] {
  const parametersOf = ({ parameters }: Route<A>) => Object.keys(parameters).length;
  const fewest = Math.min(...routes.map(parametersOf));
  return routes.filter((route) => parametersOf(route) === fewest);
}

/** The path's values for a template's names; null where they differ. */
function match(template: string, path: string): Record<string, string> | null {
  if (path === CONTROL_BASE_PATH || path === `${CONTROL_BASE_PATH}/`) return template === '' ? {} : null;
  const wanted = `${CONTROL_BASE_PATH}${template}`.split('/');
  const given = path.split('/');
  if (given.length !== wanted.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? value !== part : value === '') return null;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
}
