import { Stack } from '../../stack.ts';
import type { Resource, Template } from '../../template.ts';

/** A stack written by hand: its resources, and further parts of the template. */
export function handmadeStack(
  resources: Readonly<
    Record<string, { Type: string; Properties?: object; Metadata?: object; Condition?: string }>
  >,
  rest: Omit<Template, 'Resources'> = {},
): Stack {
  return new Stack(
    'Test',
    { ...rest, Resources: resources },
    (resource: Resource) => `/code/${resource.logicalId}`,
  );
}
