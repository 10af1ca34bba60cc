/** A method of the API, by its verb and the path of its resource, such as `/api/{proxy+}`. */
export interface MethodName {
  readonly method: string;
  readonly path: string;
}

/**
 * What somebody changed in the deployed API by hand, past the template: methods that have lost their authorizer. The
 * gateway serves them so, and the API of API Gateway shows them so.
 */
export class Drift {
  readonly #unguarded = new Map<string, MethodName>();

  /** Takes a method's authorizer away. */
  unguard(name: MethodName): void {
    this.#unguarded.set(key(name), name);
  }

  /** Gives a method the authorizer back that the template says. */
  guard(name: MethodName): void {
    this.#unguarded.delete(key(name));
  }

  isUnguarded(name: MethodName): boolean {
    return this.#unguarded.has(key(name));
  }

  /** Every method without its authorizer. */
  unguarded(): MethodName[] {
    return [...this.#unguarded.values()];
  }
}

const key = ({ method, path }: MethodName): string => `${method} ${path}`;
