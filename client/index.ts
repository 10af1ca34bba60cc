export {
  JobStoppedError,
  MaintenanceError,
  type MaintenanceFacts,
  RefusedError,
  UnreachableError,
} from './errors.ts';
export type { MaintenanceStatus } from './maintenance-status.ts';
export { createPatientFetch, type PatientFetchOptions, type Waiting } from './patient-fetch.ts';
export { type RunJobOptions, type RunningJob, runJob } from './run-job.ts';
export { type WatchOptions, watchMaintenance } from './watch-maintenance.ts';
