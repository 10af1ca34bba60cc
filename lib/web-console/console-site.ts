import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { DockerImage } from 'aws-cdk-lib';
import { Source } from 'aws-cdk-lib/aws-s3-deployment';

const PROJECT = path.resolve(import.meta.dirname, '../..');

/** The console's files, built when the stack is synthesised. */
export function consoleFiles() {
  return Source.asset(path.join(PROJECT, 'console'), {
    exclude: ['dist'],
    bundling: {
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle: (folder) => {
          const script = path.join(PROJECT, 'scripts/build-console.mjs');
          const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
          if (status !== 0) throw new Error(stderr);
          return true;
        },
      },
    },
  });
}
