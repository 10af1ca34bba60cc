/** What a rule's target gets instead of the whole event. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
}

/**
 * The JSON text that a target gets for an event.
 * Source: "Target" of the EventBridge API reference.
 */
export function targetInput({ Input, InputPath }: TargetInput, event: unknown): string {
  if (Input !== undefined) return Input;
  return JSON.stringify(InputPath === undefined ? event : (atPath(event, InputPath) ?? null));
}

/** The value at a path such as `$.detail.state[0]`; undefined when there is none. */
function atPath(event: unknown, path: string): unknown {
  if (!/^\$(\.[A-Za-z0-9_-]+|\[\d+\])*$/.test(path)) {
    throw new Error(`The local cloud does not know the path ${path}.`);
  }
  const steps = path.match(/[A-Za-z0-9_-]+/g) ?? [];
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined,
    event,
  );
}
