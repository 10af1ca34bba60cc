import { lazy, Suspense } from 'react';
import { useSession } from './session/session.tsx';
import { Welcome } from './welcome.tsx';

const Shell = lazy(() => import('./shell.tsx'));

/** The console for an admin, and the way in for everybody else. */
export function App() {
  const { who } = useSession();
  return <Suspense fallback={<Welcome />}>{who?.role === 'admin' ? <Shell /> : <Welcome />}</Suspense>;
}
