import type { DeployedParts } from '../../core/deployed-parts.ts';
import { ENV } from '../../core/environment.ts';

type Name = keyof typeof ENV;

/**
 * What a function is told by its environment, read once at its start. Throws naming every variable that is missing.
 *
 * @example const { stateTable, scope } = readEnvironment(process.env, ['stateTable', 'scope']);
 */
export function readEnvironment<N extends Name>(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly N[],
): Readonly<Record<N, string>> {
  const missing = names.map((name) => ENV[name]).filter((variable) => !env[variable]);
  if (missing.length > 0) throw new Error(`Environment variables are missing: ${missing.join(', ')}.`);
  return Object.fromEntries(names.map((name) => [name, env[ENV[name]]])) as Record<N, string>;
}

/** What is deployed beside a function. */
export function deployedParts(value: string): DeployedParts {
  return JSON.parse(value) as DeployedParts;
}

/** The parts of a list that is separated by commas. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A whole number from a variable. Throws naming the variable when it holds none. */
export function wholeNumber(name: Name, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new Error(`Environment variable ${ENV[name]} must be a whole number, not "${value}".`);
}

/** One of the values that a variable may have. Throws naming the variable when it has another. */
export function oneOf<T extends string>(name: Name, value: string, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new Error(`Environment variable ${ENV[name]} must be ${values.join(' or ')}, not "${value}".`);
}
