import path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type CfnFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionNetwork } from '../network/function-network.ts';
import { letLambdaAttach, refuseCodeToAttach } from '../network/network-interfaces.ts';
import { removalPolicyFor } from '../removal-policy.ts';
import { environmentProblems } from './environment-size.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');

interface MaintenanceFunctionProps {
  /** The function's folder under lambdas/. */
  readonly folder: string;
  readonly description: string;
  /** Megabytes. */
  readonly memorySize: number;
  /** Seconds. */
  readonly timeout: number;
  /** Whether to make the bundle small, at the price of readable stack traces. Loading 2 MB of SDK gains nothing by it. */
  readonly minify?: boolean;
  /**
   * Modules that most starts do without, by the names under which they are imported (`imports` of package.json), and
   * their files: each becomes a bundle beside the function's own, which a start does not even read.
   */
  readonly apart?: Readonly<Record<`#${string}`, string>>;
  readonly reservedConcurrentExecutions?: number | undefined;
  /** Where it runs. @default outside of any network of ours */
  readonly network?: FunctionNetwork | undefined;
  readonly logRetention: RetentionDays;
  readonly deletionProtection: boolean;
}

/**
 * A function of this project: Node 24 on arm64, one CommonJS file with everything in it (so the versions in the lock
 * file are what runs), a role and a log group of its own. The functions write their log lines as JSON themselves, so
 * Lambda's own JSON envelope stays off. The template names the function's folder under `maintenance:function`.
 */
export class MaintenanceFunction extends NodejsFunction {
  /** The function's folder under lambdas/. */
  readonly folder: string;

  constructor(scope: Construct, id: string, props: MaintenanceFunctionProps) {
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const apart = props.apart ?? {};
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: removalPolicyFor(props.deletionProtection),
    });
    if (props.network !== undefined) letLambdaAttach(role);
    super(scope, id, {
      entry: path.join(PROJECT, 'lambdas', props.folder, 'index.ts'),
      handler: 'handler',
      projectRoot: PROJECT,
      depsLockFilePath: path.join(PROJECT, 'package-lock.json'),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      timeout: Duration.seconds(props.timeout),
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      role,
      ...props.network,
      logGroup,
      loggingFormat: LoggingFormat.TEXT,
      awsSdkConnectionReuse: false,
      bundling: {
        format: OutputFormat.CJS,
        target: 'node24',
        minify: props.minify ?? false,
        sourceMap: false,
        logLevel: LogLevel.WARNING,
        bundleAwsSDK: true,
        externalModules: Object.keys(apart),
        // `import()` of what is apart becomes `require`: Node's loader for ES modules has a start of its own.
        // Licences lie beside the code (`index.js.LEGAL.txt`): a start need not read them.
        esbuildArgs: { '--supported:dynamic-import': 'false', '--legal-comments': 'external' },
        tsconfig: path.join(PROJECT, 'tsconfig.json'),
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_input, output) => [
            ...Object.entries(apart).map(([name, file]) => bundleApart(file, `${output}/${fileOf(name)}`)),
            // A bundle that is run from within this repository must not inherit its "type": "module".
            `echo '${JSON.stringify(packageOf(Object.keys(apart)))}' > "${output}/package.json"`,
          ],
        },
      },
    });
    this.folder = props.folder;
    this.node.addValidation({ validate: () => environmentProblems(this) });
    logGroup.grantWrite(role);
    if (props.network !== undefined) refuseCodeToAttach(this);
    (this.node.defaultChild as CfnFunction).addMetadata('maintenance:function', props.folder);
  }
}

const ESBUILD = path.join(PROJECT, 'node_modules/.bin/esbuild');

function bundleApart(file: string, output: string): string {
  const options = '--bundle --platform=node --target=node24 --format=cjs --minify --log-level=warning';
  return `"${ESBUILD}" "${path.join(PROJECT, file)}" ${options} --outfile="${output}"`;
}

/** The file of a bundle beside the function's own. */
function fileOf(name: string): string {
  return `${name.slice(1)}.js`;
}

function packageOf(names: readonly string[]): object {
  const imports = Object.fromEntries(names.map((name) => [name, `./${fileOf(name)}`]));
  return { type: 'commonjs', ...(names.length === 0 ? {} : { imports }) };
}
