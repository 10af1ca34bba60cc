import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { MaintenanceModeProps } from '../../lib/configuration/maintenance-mode-props.ts';
import { MaintenanceStack } from '../../lib/maintenance-stack.ts';

const flags = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')).context;

/** An app with the feature flags of the real one, that doesn't bundle the functions. */
export function testApp(): App {
  return new App({ context: { ...flags, 'aws:cdk:bundling-stacks': [] } });
}

/** The stack with everything switched on and the options given, which may be wrong on purpose. */
export function testStack(
  options: Partial<MaintenanceModeProps> = {},
  app = testApp(),
  id = 'Test',
): MaintenanceStack {
  return new MaintenanceStack(app, id, {
    origin: 'https://origin.test',
    profile: 'whole',
    cloudWatchRole: true,
    ...options,
  });
}

export const synthesise = (options: Partial<MaintenanceModeProps> = {}): Template =>
  Template.fromStack(testStack(options));

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: readonly string[];
}

/** The resources of a type, by logical id. */
export const resourcesOf = (template: Template, type: string): Record<string, Resource> =>
  template.findResources(type) as Record<string, Resource>;

/** The function of a folder under lambdas/, with its logical id. */
export function functionOf(template: Template, folder: string): [id: string, resource: Resource] {
  const found = Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).filter(
    ([, { Metadata }]) => Metadata?.['maintenance:function'] === folder,
  );
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} functions are ${folder}`);
  return found[0];
}

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Effect: string;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Every statement of the policies of a function's role. */
export function statementsOf(template: Template, folder: string): Statement[] {
  const [, { Properties }] = functionOf(template, folder);
  const role = (Properties.Role as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
  return Object.values(resourcesOf(template, 'AWS::IAM::Policy'))
    .filter((policy) => (policy.Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref === role))
    .flatMap((policy) => (policy.Properties.PolicyDocument as { Statement: Statement[] }).Statement);
}

/** The path of each method's resource, with its method: `ANY /api/{proxy+}`. */
export function routesOf(template: Template): Record<string, Resource> {
  const resources = resourcesOf(template, 'AWS::ApiGateway::Resource');
  const pathOf = (id: { Ref?: string }): string => {
    const resource = id.Ref === undefined ? undefined : resources[id.Ref];
    if (resource === undefined) return '';
    return `${pathOf(resource.Properties.ParentId as { Ref?: string })}/${resource.Properties.PathPart}`;
  };
  return Object.fromEntries(
    Object.values(resourcesOf(template, 'AWS::ApiGateway::Method')).map((method) => [
      `${method.Properties.HttpMethod} ${pathOf(method.Properties.ResourceId as { Ref?: string }) || '/'}`,
      method,
    ]),
  );
}

/** The id of the one resource of a type, or of the one whose id tells where it is made. */
export function onlyId(template: Template, type: string, where = ''): string {
  const ids = Object.keys(resourcesOf(template, type)).filter((id) => id.includes(where));
  if (ids.length !== 1 || ids[0] === undefined) throw new Error(`${ids.length} resources are ${type}`);
  return ids[0];
}

/** The id of the table of the event log, of what is counted, or of jobs. */
export function tableId(template: Template, name: 'EventLog' | 'Activity' | 'JobRegistry'): string {
  const ids = Object.keys(resourcesOf(template, 'AWS::DynamoDB::Table')).filter((id) => id.includes(name));
  if (ids.length !== 1 || ids[0] === undefined) throw new Error(`${ids.length} tables are ${name}`);
  return ids[0];
}
