export {
  JobStoppedError,
  MaintenanceError,
  type MaintenanceFacts,
  RefusedError,
  UnreachableError,
} from './errors.ts';
export { createPatientFetch, type PatientFetchOptions, type Waiting } from './patient-fetch.ts';
export { type RunJobOptions, type RunningJob, runJob } from './run-job.ts';
export { type MaintenanceStatus, type WatchOptions, watchMaintenance } from './watch-maintenance.ts';
