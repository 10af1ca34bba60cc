/** Work beside the registry of jobs that maintenance ends well. What a function is told of it by its environment. */
export interface Workloads {
  /** ARNs of Standard state machines whose executions a drain waits for and an emergency stops. */
  readonly stateMachines: readonly string[];
  /** UUIDs of event source mappings that are paused while maintenance is active. */
  readonly eventSourceMappings: readonly string[];
}
