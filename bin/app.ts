import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigurationError } from '../lib/configuration/configuration-error.ts';
import { contextOptions } from '../lib/configuration/context-options.ts';
import { MaintenanceStack } from '../lib/maintenance-stack.ts';
import { ConsoleStack } from '../lib/web-console/console-stack.ts';

const app = new App({ autoSynth: false });
try {
  // An app of its own has everything, and sets up what its account may lack.
  const options = { profile: 'whole' as const, cloudWatchRole: true, ...contextOptions(app.node) };
  const { maintenance } = new MaintenanceStack(app, 'MaintenanceMode', options);
  new ConsoleStack(app, 'MaintenanceConsole', { maintenance, options });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
} catch (error) {
  if (!explainsItself(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Whether the message is all that the user needs: a wrong option, or a check of the synthesis that failed. */
function explainsItself(error: unknown): error is Error {
  return (
    error instanceof ConfigurationError ||
    (error instanceof Error && error.name.startsWith('ValidationFailed'))
  );
}
