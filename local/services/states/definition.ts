import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { isOptimizedInvoke } from './lambda-task.ts';

/** How long a wait state waits: until an instant of its own, or the one that its input holds. */
export type Wait = { readonly seconds: number } | { readonly timestamp: string } | 'by input';

/** A definition, made ready for the interpreter. */
export interface Program {
  /** What the interpreter runs: see {@link readProgram}. */
  readonly states: StateMachineDefinition;
  /** The resource that each task state names, by the state's name. */
  readonly tasks: ReadonlyMap<string, string>;
  readonly waits: ReadonlyMap<string, Wait>;
  /** Seconds after which an execution times out; undefined: never. */
  readonly timeoutSeconds?: number;
}

/** Thrown at the start for a definition that the local cloud would not run as AWS does. */
export class UnsupportedDefinition extends Error {
  override readonly name = 'UnsupportedDefinition';
}

type Json = Record<string, unknown>;

/** Where the interpreter finds what AWS calls `$$.Execution`: it would put its own in the place of that. */
const EXECUTION_KEY = 'Run';

/** Field names of every state, and of each type. */
const COMMON_FIELDS = ['Type', 'Comment', 'Next', 'End', 'InputPath', 'OutputPath', 'QueryLanguage'];
const RESULT_FIELDS = ['Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: ['Resource', 'TimeoutSeconds', 'TimeoutSecondsPath', ...RESULT_FIELDS],
  Parallel: ['Branches', ...RESULT_FIELDS],
  Map: [
    'Iterator',
    'ItemProcessor',
    'ItemSelector',
    'ItemsPath',
    'MaxConcurrency',
    'MaxConcurrencyPath',
    ...RESULT_FIELDS,
  ],
  Pass: ['Parameters', 'Result', 'ResultPath'],
  Wait: ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: ['Choices', 'Default'],
  Succeed: [],
  Fail: ['Error', 'Cause', 'ErrorPath', 'CausePath'],
};
const MACHINE_FIELDS = [
  'StartAt',
  'States',
  'Comment',
  'Version',
  'TimeoutSeconds',
  'QueryLanguage',
  'ProcessorConfig',
];

/** Seconds that a task may take when it says nothing: the longest that the interpreter's timer can be set to. */
const MAX_TASK_S = 2_147_483;

/**
 * Makes a definition in the Amazon States Language ready for the interpreter, which differs from AWS in a few places:
 * - a wait state becomes a task, so that the movable clock decides when it ends,
 * - a task without a time limit gets none of the interpreter's own (AWS: 99 999 999 s),
 * - the time limit of the whole goes to who runs it, for the movable clock too,
 * - a test such as `IsPresent: false` becomes `Not`, and the result path `$` none at all: they mean the same,
 * - `$$.Execution` is read from where it stays as it was given.
 *
 * @throws UnsupportedDefinition naming what the interpreter does not do
 */
export function readProgram(text: string): Program {
  const definition = JSON.parse(text.replaceAll('$$.Execution', `$$$$.${EXECUTION_KEY}`)) as Json;
  const missing = /\$\$\.(State|Task)\b/.exec(text)?.[0];
  if (missing) throw new UnsupportedDefinition(`The local cloud does not know ${missing} of the context.`);
  const tasks = new Map<string, string>();
  const waits = new Map<string, Wait>();
  const names = new Set<string>();

  const machine = (part: Json, place: string): Json => {
    onlyKnown(part, MACHINE_FIELDS, place);
    const mode = (part.ProcessorConfig as { Mode?: string } | undefined)?.Mode ?? 'INLINE';
    if (mode !== 'INLINE') throw new UnsupportedDefinition(`${place}: the local cloud has no mode ${mode}.`);
    const states = Object.entries(part.States as Record<string, Json>).map(
      ([name, state]) => [name, oneState(name, state)] as const,
    );
    return { StartAt: part.StartAt, States: Object.fromEntries(states) };
  };
  const oneState = (name: string, state: Json): Json => {
    if (names.has(name)) throw new UnsupportedDefinition(`Two states have the name "${name}".`);
    names.add(name);
    const known = FIELDS[String(state.Type)];
    const place = `The state "${name}"`;
    if (!known) throw new UnsupportedDefinition(`${place} is of no known type: ${state.Type}.`);
    onlyKnown(state, [...COMMON_FIELDS, ...known], place);
    const { ResultPath, ...rest } = state;
    const common = ResultPath === undefined || ResultPath === '$' ? rest : state;
    switch (state.Type) {
      case 'Task':
        tasks.set(name, resourceOf(state, place));
        return withTimeLimit(common);
      case 'Wait':
        waits.set(name, waitOf(state));
        return waitAsTask(state);
      case 'Choice':
        return { ...common, Choices: (state.Choices as Json[]).map(choice) };
      case 'Parallel':
        return {
          ...common,
          Branches: (state.Branches as Json[]).map((branch) => machine(branch, `A branch of "${name}"`)),
        };
      case 'Map': {
        const { Iterator: old, ItemProcessor, ...others } = common;
        return {
          ...others,
          ItemProcessor: machine((ItemProcessor ?? old) as Json, `The items of "${name}"`),
        };
      }
      default:
        return common;
    }
  };

  const states = machine(definition, 'The definition') as unknown as StateMachineDefinition;
  const { TimeoutSeconds } = definition;
  return { states, tasks, waits, ...(TimeoutSeconds ? { timeoutSeconds: Number(TimeoutSeconds) } : {}) };
}

/** The context object of an execution. Source: "Accessing execution data from the Context object". */
export const contextOf = (execution: Json, stateMachine: Json): Json => ({
  [EXECUTION_KEY]: execution,
  StateMachine: stateMachine,
});

function onlyKnown(part: Json, known: readonly string[], place: string): void {
  const unknown = Object.keys(part).find((name) => !known.includes(name));
  if (unknown) throw new UnsupportedDefinition(`${place}: the local cloud does not know ${unknown}.`);
  const language = part.QueryLanguage ?? 'JSONPath';
  if (language !== 'JSONPath')
    throw new UnsupportedDefinition(`${place}: the local cloud does not know the language ${language}.`);
}

function resourceOf({ Resource }: Json, place: string): string {
  const resource = String(Resource);
  if (resource.startsWith('arn:aws:lambda:') || isOptimizedInvoke(resource)) return resource;
  throw new UnsupportedDefinition(`${place}: the local cloud runs functions only, not ${resource}.`);
}

function withTimeLimit(state: Json): Json {
  if (state.TimeoutSecondsPath !== undefined) return state;
  const seconds = Number(state.TimeoutSeconds ?? MAX_TASK_S);
  return { ...state, TimeoutSeconds: Math.min(seconds, MAX_TASK_S) };
}

function waitOf({ Seconds, Timestamp }: Json): Wait {
  if (Seconds !== undefined) return { seconds: Number(Seconds) };
  return Timestamp === undefined ? 'by input' : { timestamp: String(Timestamp) };
}

/** What a wait by its input gets: when it ends, and the input to go on with. */
export interface WaitInput {
  readonly seconds?: unknown;
  readonly timestamp?: unknown;
  readonly input: unknown;
}

function waitAsTask({ Seconds: _s, Timestamp: _t, SecondsPath, TimestampPath, ...rest }: Json): Json {
  const task = withTimeLimit({ ...rest, Type: 'Task', Resource: 'wait' });
  if (SecondsPath !== undefined) return { ...task, Parameters: { 'seconds.$': SecondsPath, 'input.$': '$' } };
  if (TimestampPath !== undefined)
    return { ...task, Parameters: { 'timestamp.$': TimestampPath, 'input.$': '$' } };
  return task;
}

/** Tests of a type or of presence, which the interpreter knows with `true` only. */
const TYPE_TESTS = ['IsNull', 'IsPresent', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp'];

function choice(rule: Json): Json {
  const { And, Or, Not, Next } = rule;
  const next = Next === undefined ? {} : { Next };
  if (And) return { ...next, And: (And as Json[]).map(choice) };
  if (Or) return { ...next, Or: (Or as Json[]).map(choice) };
  if (Not) return { ...next, Not: choice(Not as Json) };
  const test = TYPE_TESTS.find((name) => rule[name] === false);
  return test ? { ...next, Not: { Variable: rule.Variable, [test]: true } } : rule;
}
