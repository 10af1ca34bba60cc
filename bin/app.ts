import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigurationError } from '../lib/configuration/configuration-error.ts';
import { contextOptions } from '../lib/configuration/context-options.ts';
import { MaintenanceStack } from '../lib/maintenance-stack.ts';

const app = new App();
try {
  new MaintenanceStack(app, 'MaintenanceMode', contextOptions(app.node));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
