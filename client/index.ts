export {
  JobStoppedError,
  MaintenanceError,
  type MaintenanceFacts,
  RefusedError,
  UnreachableError,
} from './errors.ts';
export { type RunJobOptions, type RunningJob, runJob } from './run-job.ts';
