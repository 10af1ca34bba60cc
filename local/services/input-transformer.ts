/** What a rule's target gets instead of the whole event. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/**
 * The text that a target gets for an event: JSON, but for a transformer whose template is plain text.
 * Source: "Amazon EventBridge input transformation" of the EventBridge user guide.
 */
export function targetInput(target: TargetInput, event: unknown): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(atPath(event, target.InputPath) ?? null);
  if (!target.InputTransformer) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const values = Object.fromEntries(
    Object.entries(InputPathsMap).map(([name, path]) => [name, atPath(event, path)]),
  );
  const filled = InputTemplate.replace(/"?<([A-Za-z0-9_.-]+)>"?/g, (match, name: string) => {
    const value = name === 'aws.events.event.json' ? event : values[name];
    if (value === undefined) return match.startsWith('"') ? '""' : '';
    const quoted = match.startsWith('"') && match.endsWith('"');
    if (quoted) return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value));
    const inside = typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
    return match.replace(`<${name}>`, () => inside);
  });
  try {
    return JSON.stringify(JSON.parse(filled));
  } catch {
    return JSON.stringify(filled);
  }
}

/** The value at a path such as `$.detail.state[0]`; undefined when there is none. */
export function atPath(event: unknown, path: string): unknown {
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
