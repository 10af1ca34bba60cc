import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Kills a process when this one is gone, however it went: a shell waits for the end of a pipe that only this process
 * holds open, which even SIGKILL brings about. Returns a function that ends the watch.
 *
 * @param pid of a process that was started here
 */
export function watchdog(pid: number): () => void {
  const script = `cat > /dev/null; kill -KILL ${pid} 2> /dev/null`;
  // In a process group of its own, so that Ctrl-C in a terminal doesn't end the watch before what it watches.
  const watcher: ChildProcess = spawn('/bin/sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  return () => {
    watcher.kill('SIGKILL');
    watcher.stdin?.destroy();
  };
}
