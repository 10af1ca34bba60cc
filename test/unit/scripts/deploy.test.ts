import { expect, test } from '@jest/globals';
// @ts-expect-error: scripts are plain JavaScript, for any Node that a bare clone meets
import { deployments } from '../../../scripts/deploy.mjs';

const given = ['-c', 'origin=https://app.example.com'];
const unprotected = [...given, '-c', 'deletionProtection=false'];

test.each<[when: string, args: string[], status: string | undefined, runs: string[][]]>([
  ['there is no stack yet', given, undefined, [unprotected, given]],
  ['the first one was rolled back', given, 'ROLLBACK_COMPLETE', [unprotected, given]],
  ['the first one was never carried out', given, 'REVIEW_IN_PROGRESS', [unprotected, given]],
  ['there is one', given, 'CREATE_COMPLETE', [given]],
  ['an update of it was rolled back', given, 'UPDATE_ROLLBACK_COMPLETE', [given]],
  ['nobody wants protection', unprotected, undefined, [unprotected]],
])('protection comes last where it has to: %s', (_when, args, status, runs) => {
  expect(deployments(args, status)).toEqual(runs);
});
