import { CONTROL_BASE_PATH } from '../../core/environment.ts';
import { HttpProblem } from '../../core/http-problem.ts';
import type { CommandType } from '../../core/parse-request.ts';

/** What a call of the control API does. */
export type Action = CommandType | 'history';

type Methods = Readonly<Record<string, Action>>;

const ROUTES = new Map<string, Methods>([
  ['/enable', { POST: 'enable' }],
  ['/emergency', { POST: 'emergency' }],
  ['/deescalate', { POST: 'deescalate' }],
  ['/disable', { POST: 'disable' }],
  ['/', { PATCH: 'update' }],
  ['', { PATCH: 'update' }],
  ['/history', { GET: 'history' }],
]);

/** The methods that a path takes. Throws HttpProblem with status 404 for a path that is none of ours. */
export function methodsOf(path: string): string[] {
  const methods = Object.keys(actionsOf(path));
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
}

/** Which action a request is for. Paths are compared exactly. Throws HttpProblem with status 404 or 405. */
export function actionOf(method: string, path: string): Action {
  const action = new Map(Object.entries(actionsOf(path))).get(method === 'HEAD' ? 'GET' : method);
  if (action !== undefined) return action;
  const allowed = methodsOf(path).join(', ');
  throw new HttpProblem('method_not_allowed', `This path takes ${allowed} only.`, {
    headers: { Allow: allowed },
  });
}

function actionsOf(path: string): Methods {
  const actions = path.startsWith(CONTROL_BASE_PATH) && ROUTES.get(path.slice(CONTROL_BASE_PATH.length));
  if (actions) return actions;
  throw new HttpProblem(
    'not_found',
    'The maintenance API has nothing at this path. Paths are case-sensitive.',
  );
}
