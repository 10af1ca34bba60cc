import { describe, test } from '@jest/globals';
import type { OnCall } from './on-call.ts';
import type { Section } from './troubleshooting-page.ts';

/** Breaks something, shows that it is found, mends it, and shows that it is mended. */
type Proof = () => Promise<void>;

/**
 * Registers one test for each row of a section. The compiler sees to it that no row is without a test, and no test
 * without a row.
 */
export function prove<Name extends string>(
  { title, rows }: Section<Name>,
  onCall: OnCall,
  proofs: Readonly<Record<NoInfer<Name>, Proof>>,
): void {
  describe(title, () => {
    for (const name of Object.keys(rows) as Name[]) {
      test(name, async () => {
        await onCall.begin();
        await proofs[name]();
      });
    }
  });
}
