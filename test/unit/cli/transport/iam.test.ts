import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { functionLogsOf } from '../../../../cli/transport/stack-resources.ts';
import { CliSandbox } from '../../../support/run-cli.ts';
import { StubServer } from '../../../support/stub-server.ts';

const RESOURCES = [
  ['MaintenanceModeEventLogTable2EBC6D8C', 'AWS::DynamoDB::Table', 'state-1'],
  ['MaintenanceModeActivityTableA53C2913', 'AWS::DynamoDB::Table', 'activity-1'],
  ['MaintenanceModeIdentityUsersPoolD394A3CC', 'AWS::Cognito::UserPool', 'eu-central-1_pool'],
  ['MaintenanceModeAuthorizerLogs22C6E918', 'AWS::Logs::LogGroup', 'authorizer-logs'],
  ['MaintenanceModeAttemptsTallyLogs2EECA553', 'AWS::Logs::LogGroup', 'tally-logs'],
  ['MaintenanceModeSessionPurgeFunctionLogsBD44FBCD', 'AWS::Logs::LogGroup', 'purge-logs'],
  ['MaintenanceModeJobsSweepLogsD340F1CC', 'AWS::Logs::LogGroup', 'sweep-logs'],
  ['MaintenanceModeSignInGuardLogsB30B8A08', 'AWS::Logs::LogGroup', 'guard-logs'],
  ['MaintenanceModeGatewayAccessLogsF3131ACE', 'AWS::Logs::LogGroup', 'access-logs'],
] as const;

const NOW = Date.parse('2026-01-15T10:00:00Z');
const environment = { ...process.env };

let aws: StubServer;
let sandbox: CliSandbox;
/** The groups of the users that there are. */
let users: Map<string, string[]>;
let lines: Record<string, object[]>;

beforeAll(async () => {
  aws = await StubServer.start();
});
afterAll(async () => {
  process.env = environment;
  await aws.stop();
});
beforeEach(async () => {
  sandbox = await CliSandbox.create();
  sandbox.now = () => NOW;
  users = new Map([['mia', []]]);
  lines = {};
  aws.requests.length = 0;
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: aws.url,
  });
  aws.answer = ({ headers, body }, response) => {
    const operation =
      String(headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    const sent = (status: number, answer: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify(answer));
    if (operation === '') {
      const { status, xml } = cloudFormation(new URLSearchParams(body));
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    } else {
      const [status, answer] = answerTo(operation, JSON.parse(body));
      sent(status, answer);
    }
  };
});
afterEach(() => sandbox.remove());

function cloudFormation(asked: URLSearchParams): { status: number; xml: string } {
  if (asked.get('StackName') !== 'MaintenanceMode') {
    const error =
      '<Error><Type>Sender</Type><Code>ValidationError</Code><Message>no such stack</Message></Error>';
    return { status: 400, xml: `<ErrorResponse>${error}</ErrorResponse>` };
  }
  if (asked.get('Action') === 'DescribeStacks') {
    const member = '<member><StackName>MaintenanceMode</StackName></member>';
    return { status: 200, xml: result('DescribeStacks', `<Stacks>${member}</Stacks>`) };
  }
  const members = RESOURCES.map(
    ([logical, type, physical]) =>
      `<member><LogicalResourceId>${logical}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceType>${type}</ResourceType></member>`,
  );
  const summaries = `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>`;
  return { status: 200, xml: result('ListStackResources', summaries) };
}

function result(operation: string, content: string): string {
  return `<${operation}Response><${operation}Result>${content}</${operation}Result></${operation}Response>`;
}

// biome-ignore lint/suspicious/noExplicitAny: requests of any operation
function answerTo(operation: string, asked: any): [status: number, answer: unknown] {
  const groups = users.get(asked.Username);
  switch (operation) {
    case 'AdminGetUser':
      return groups === undefined
        ? [400, { __type: 'UserNotFoundException', message: 'User does not exist.' }]
        : [200, { Username: asked.Username, UserStatus: 'CONFIRMED', Enabled: true }];
    case 'AdminListGroupsForUser':
      return [200, { Groups: (groups ?? []).map((GroupName) => ({ GroupName })) }];
    case 'AdminCreateUser':
      users.set(asked.Username, []);
      return [200, {}];
    case 'AdminAddUserToGroup':
      groups?.push(asked.GroupName);
      return [200, {}];
    case 'FilterLogEvents':
      return [
        200,
        {
          events: (lines[asked.logGroupName] ?? []).map((line, index) => ({
            eventId: `${asked.logGroupName}-${index}`,
            timestamp: NOW - 1000 + index,
            message: `${JSON.stringify(line)}\n`,
          })),
        },
      ];
    default:
      return [400, { __type: 'UnknownOperationException' }];
  }
}

describe('names of log groups', () => {
  const named = (...ids: string[]) =>
    functionLogsOf({
      stack: 's',
      outputs: {},
      resources: ids.map((logicalId) => ({ logicalId, physicalId: 'x', type: 'AWS::Logs::LogGroup' })),
    }).map(({ name }) => name);

  test('are those of the functions within the stack', () => {
    expect(named(...RESOURCES.slice(3).map(([id]) => id))).toEqual([
      'authorizer',
      'attempts-tally',
      'session-purge',
      'jobs-sweep',
      'sign-in-guard',
    ]);
  });

  test('are never cut within a word', () => {
    expect(named('GateStatusLogs00000000', 'GateStarterLogs00000000')).toEqual(['status', 'starter']);
  });
});

describe('maintenance users', () => {
  test('shows what the pool knows', async () => {
    users.set('alice', ['admins', 'owners']);
    const { exitCode, stdout } = await sandbox.run('users', 'show', 'alice', '--json');
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      {
        user_pool: 'eu-central-1_pool',
        username: 'alice',
        status: 'CONFIRMED',
        enabled: true,
        groups: ['admins', 'owners'],
      },
    ]);
  });

  test('makes somebody an admin, unless nobody can be asked', async () => {
    expect(await sandbox.run('users', 'promote', 'mia')).toMatchObject({ exitCode: 2 });
    expect(users.get('mia')).toEqual([]);
    expect(await sandbox.run('users', 'promote', 'mia', '--yes')).toMatchObject({ exitCode: 0 });
    expect(users.get('mia')).toEqual(['admins']);
  });

  test('makes the first admin, with a password that is told once', async () => {
    expect(await sandbox.run('users', 'promote', 'zoe', '--yes')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('--create'),
    });
    const { exitCode, stdout } = await sandbox.run('users', 'promote', 'zoe', '--create', '--yes', '--json');
    expect([exitCode, users.get('zoe')]).toEqual([0, ['admins']]);
    const { temporary_password: password } = JSON.parse(stdout);
    for (const kind of [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/, /^.{20}$/]) expect(password).toMatch(kind);
  });
});

describe('maintenance logs', () => {
  const blocked = (operation: string, calls: number) => ({
    level: 'INFO',
    event: 'operation_blocked',
    message: '[MAINTENANCE] Operation blocked: endpoint="/x"',
    operation,
    calls,
  });

  test('shows lines of all functions by their time, harmless for a terminal', async () => {
    lines['authorizer-logs'] = [blocked('job_creation', 1)];
    lines['purge-logs'] = [{ level: 'ERROR', message: 'Broke\u001b[2J off' }];
    const { exitCode, stdout } = await sandbox.run('logs');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/authorizer +INFO +\[MAINTENANCE\] Operation blocked/);
    expect(stdout).toMatch(/session-purge +ERROR Broke\ufffd\[2J off/);
  });

  test('counts blocked calls by type, those of summed lines too', async () => {
    lines['authorizer-logs'] = [blocked('job_creation', 1), blocked('job_creation', 40)];
    const { stdout } = await sandbox.run('logs', '--blocked', '--count', '--json');
    expect(JSON.parse(stdout)).toEqual({ total: 41, counts: { job_creation: 41 } });
    const asked = aws.requests.flatMap(({ body }) =>
      body.includes('filterPattern') ? JSON.parse(body) : [],
    );
    expect(asked[0]).toMatchObject({
      filterPattern: '{ $.event = "operation_blocked" }',
      startTime: NOW - 900_000,
    });
  });

  test('asks one function only where one is named, by its folder too, and names those that there are', async () => {
    for (const name of ['purge', 'job-sweep', 'signin-guard']) await sandbox.run('logs', '--function', name);
    const asked = aws.requests.flatMap(({ body }) => (body.includes('logGroupName') ? JSON.parse(body) : []));
    expect(asked.map(({ logGroupName }) => logGroupName)).toEqual(['purge-logs', 'sweep-logs', 'guard-logs']);
    const { exitCode, stderr } = await sandbox.run('logs', '--function', 'nothing');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('sign-in-guard')]);
  });
});

describe('the stack', () => {
  test('gives --direct its table', async () => {
    await sandbox.run('status', '--direct');
    const asked = aws.requests.map(({ body }) => body).filter((body) => body.includes('TableName'));
    expect(asked[0]).toContain('"state-1"');
  });

  test.each([['users', 'show', 'mia'], ['logs'], ['status', '--direct']])(
    'that is not there is named: %s %s',
    async (...command) => {
      const { exitCode, stderr } = await sandbox.run(...command, '--stack', 'Nothing', '--json');
      expect(exitCode).toBeGreaterThan(0);
      expect(JSON.parse(stderr).message).toContain('Reading the stack Nothing failed: no such stack');
    },
  );
});
