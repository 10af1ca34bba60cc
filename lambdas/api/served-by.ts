import { API } from '../../core/api/api.ts';
import { CONTROL_BASE_PATH, PAGE_PATH } from '../../core/environment.ts';
import type { ApiCall } from '../../core/http/api-call.ts';

const OTHERS = ['status', 'health', 'operations'] as const;

/** Which of the handlers has a path: as the routes of the API have it where each is a function of its own. */
export function servedBy(path: string): 'control' | (typeof OTHERS)[number] {
  if (path === PAGE_PATH || path === `${PAGE_PATH}/`) return 'status';
  const below = path.replace(/\/$/, '');
  const calls: readonly ApiCall[] = Object.values(API);
  const call = calls.find((each) => below === `${CONTROL_BASE_PATH}${each.path}`);
  return OTHERS.find((other) => other === call?.servedBy) ?? 'control';
}
