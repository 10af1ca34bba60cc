import type { LevelTopics } from '../../adapters/oncall/level-topics.ts';
import type { AttemptStore } from '../../core/attempts/store.ts';
import type { DeployedParts } from '../../core/deployed-parts.ts';
import type { HealthRecordStore } from '../../core/health/health-record.ts';
import type { MetricSource } from '../../core/oncall/metric-source.ts';
import type { Watched } from '../../core/oncall/statistics.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';

export interface OncallParts {
  readonly records: Pick<HealthRecordStore, 'read'>;
  readonly metrics: MetricSource;
  readonly attempts: Pick<AttemptStore, 'totals'>;
  readonly topics: LevelTopics;
  /** What is deployed beside it. */
  readonly deployed: DeployedParts;
  readonly watched: Watched;
  /** Name of the deployment's event log. */
  readonly scope: string;
  /** Reads the newest state. */
  readonly state: () => Promise<State>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
}
