/**
 * `npm run deploy`: prepares what is missing, then deploys both stacks. A first deployment is made twice, the second
 * time with protection: one that fails is rolled back, and a rollback can't delete what is protected, so that the next
 * would meet what the first has left behind.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { giveUp, PROJECT, say, setupPackages } from './setup.mjs';

/** As bin/app.ts calls the stack that holds what is protected. */
const STACK = 'MaintenanceMode';
/** States of a stack of which nothing is left that would have to be kept. */
const NOTHING_YET = [
  undefined,
  'REVIEW_IN_PROGRESS',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'DELETE_COMPLETE',
];

/**
 * The arguments of `cdk deploy`, for each time that it has to run.
 *
 * @param {readonly string[]} args as they were given
 * @param {string | undefined} status of the stack as it is, if there is one
 * @returns {string[][]}
 */
export function deployments(args, status) {
  const isUnprotected = args.some((arg) => /^(?:-c|--context=)?deletionProtection=false$/.test(arg));
  if (isUnprotected || !NOTHING_YET.includes(status)) return [[...args]];
  return [[...args, '-c', 'deletionProtection=false'], [...args]];
}

/** @param {readonly string[]} args */
async function statusOf(args) {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const at = args.indexOf('--profile');
  if (at !== -1) process.env.AWS_PROFILE = args[at + 1];
  try {
    const { Stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({ StackName: STACK }));
    return Stacks?.[0]?.StackStatus;
  } catch (error) {
    if (/does not exist/.test(String(error))) return undefined;
    return giveUp(`CloudFormation could not be asked for the stack ${STACK}: ${error}`);
  }
}

/** @param {string[]} args */
async function main(args) {
  const env = setupPackages();
  const runs = args.some((arg) => arg === '--help' || arg === '-h')
    ? [args]
    : deployments(args, await statusOf(args));
  for (const [index, run] of runs.entries()) {
    if (index > 0) say('All is there. Switching on the protection against deletion...');
    const { status, error } = spawnSync(
      path.join(PROJECT, 'node_modules/.bin/cdk'),
      ['deploy', '--all', ...run],
      {
        cwd: PROJECT,
        env,
        stdio: 'inherit',
      },
    );
    if (error) giveUp(`cdk could not be run: ${error.message}`);
    if (status !== 0) process.exit(status ?? 1);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
