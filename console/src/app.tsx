import { useSession } from './session/session.tsx';
import { Shell } from './shell.tsx';
import { Welcome } from './welcome.tsx';

/** The console for an admin, and the way in for everybody else. */
export function App() {
  const { who } = useSession();
  return who?.role === 'admin' ? <Shell /> : <Welcome />;
}
