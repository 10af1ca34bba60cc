import type { SessionStore, WalkPosition } from '../../core/session-store.ts';

/** Keys of a batch. */
export const BATCH = 1000;

/** Ends all sessions but admins', in two passes: the second catches what appeared during the first. */
export async function purge(store: SessionStore): Promise<void> {
  for (let pass = 1; pass <= 2; pass += 1) {
    let position: WalkPosition | null = null;
    do {
      const step = await store.walk(position, BATCH);
      await store.endUnchanged(step.sessions.filter(({ facts }) => facts.role !== 'admin'));
      position = step.next;
    } while (position !== null);
  }
}
