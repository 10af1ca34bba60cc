import { type ComponentType, lazy } from 'react';

interface Place {
  readonly path: string;
  readonly title: string;
  readonly page: ComponentType;
  /** Whether it is no page to look at, but something to do; those are reached from the overview. */
  readonly isAct?: true;
}

/** Every page. Each is loaded when it is opened. */
export const PLACES: readonly Place[] = [
  { path: '/overview', title: 'Overview', page: lazy(() => import('./overview.tsx')) },
  { path: '/enable', title: 'Start maintenance', page: lazy(() => import('./enable.tsx')) },
  { path: '/emergency', title: 'Emergency', page: lazy(() => import('./emergency.tsx')) },
  { path: '/change', title: 'Change maintenance', page: lazy(() => import('./change.tsx')), isAct: true },
  { path: '/windows', title: 'Windows', page: lazy(() => import('./windows.tsx')) },
  { path: '/sessions', title: 'Sessions', page: lazy(() => import('./sessions.tsx')) },
  { path: '/jobs', title: 'Jobs', page: lazy(() => import('./jobs.tsx')) },
  { path: '/rules', title: 'Rules', page: lazy(() => import('./rules.tsx')) },
  { path: '/reports', title: 'Reports and test runs', page: lazy(() => import('./reports.tsx')) },
  { path: '/history', title: 'History', page: lazy(() => import('./history.tsx')) },
  { path: '/health', title: 'Health', page: lazy(() => import('./health.tsx')) },
];
