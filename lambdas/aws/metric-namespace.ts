import { ENV } from '../../core/environment.ts';

/** Where this function's metrics belong, as its environment says. */
export const METRIC_NAMESPACE = process.env[ENV.metricNamespace] ?? 'EnhancedMaintenanceMode';
