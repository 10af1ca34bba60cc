/**
 * A classification rule: which operation type a request is.
 * `path` is an API Gateway path template: literal segments, `{name}` for one segment, `{name+}` for the rest.
 * `method` is one verb, a list of verbs, or `ANY`.
 */
export interface Rule {
  readonly method: string | readonly string[];
  readonly path: string;
  readonly operation: string;
}

const SEGMENT = /^(?:[^{}/?#%\s]|%[0-9a-f]{2})+$|^\{[\w-]+\}$/i;
const GREEDY_SEGMENT = /^\{[\w-]+\+\}$/;
const VERB = /^[A-Z]{1,20}$/;

/** Why a path template can't be used, or null when it can. */
export function templateProblem(template: string): string | null {
  if (!template.startsWith('/')) return 'a path template begins with "/"';
  if (template === '/') return null;
  const segments = template.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment === '') return 'a path template has no empty segments and no trailing slash';
    if (GREEDY_SEGMENT.test(segment)) {
      if (index !== segments.length - 1) return `"${segment}" may only stand at the end`;
    } else if (!SEGMENT.test(segment)) {
      return `"${segment}" is neither a literal segment nor {name} nor {name+}`;
    }
  }
  return null;
}

/** Why a method can't be used, or null when it can. */
export function methodProblem(method: string): string | null {
  return VERB.test(method) ? null : `"${method}" is not an HTTP verb in upper case, nor ANY`;
}

/** Whether a template covers whatever comes below a place. */
export function isGreedy(template: string): boolean {
  return template.endsWith('+}');
}

const SECRET_PARAMETER = /\{(?:token|secret|code)\+?\}/i;

/**
 * Whether a template says that a segment of the path is a secret, by the name of its parameter.
 * Such paths are shown and logged as their template.
 *
 * @example holdsSecret('/reset-password/{token}') // true
 */
export function holdsSecret(template: string): boolean {
  return SECRET_PARAMETER.test(template);
}
