/** Something that AWS itself would measure, told to the services as it ends. */
export type Observation =
  | {
      readonly kind: 'invocation';
      /** Name by which AWS knows the function. */
      readonly functionName: string;
      readonly outcome: 'success' | 'error' | 'throttle';
      /** Invocations of the function under way when it ended, itself among them. */
      readonly concurrent: number;
      /** The same of all functions together. */
      readonly concurrentInAll: number;
      readonly milliseconds: number;
    }
  | {
      readonly kind: 'execution';
      readonly machineArn: string;
      readonly outcome: 'started' | 'succeeded' | 'failed' | 'timed out' | 'aborted';
    }
  | {
      /** A call of DynamoDB that names one table, and was answered well. */
      readonly kind: 'table call';
      readonly table: string;
      readonly operation: string;
      readonly milliseconds: number;
    }
  | {
      readonly kind: 'request';
      readonly stage: string;
      readonly status: number;
      readonly milliseconds: number;
    };

/** Told of each; must not throw. */
export type Observer = (observation: Observation) => void;
