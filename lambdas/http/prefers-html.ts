import preferredMediaTypes from 'negotiator/lib/mediaType.js';

/** JSON for whoever does not ask for something else: first in the list wins a tie. */
const FORMS = ['application/problem+json', 'application/json', 'text/html'];

/** Whether the values of an Accept header prefer HTML to JSON. */
export function prefersHtml(accept: readonly string[]): boolean {
  const value = accept.join(',');
  if (!value.includes('html')) return false;
  const [preferred] = preferredMediaTypes(value, FORMS);
  return preferred === 'text/html';
}
