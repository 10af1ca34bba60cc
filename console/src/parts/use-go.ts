import { useNavigate } from 'react-router';

/** Goes to another page; `warnings` are what the overview shows of a command that was carried out. */
export function useGo(): (path: string, warnings?: readonly string[]) => void {
  const navigate = useNavigate();
  return (path, warnings = []) => void navigate(path, { state: { warnings } });
}
