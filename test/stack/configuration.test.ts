import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, Duration, Token } from 'aws-cdk-lib';
import { ConfigurationError } from '../../lib/configuration/configuration-error.ts';
import { configure } from '../../lib/configuration/configure.ts';
import { contextOptions } from '../../lib/configuration/context-options.ts';
import type { MaintenanceModeProps } from '../../lib/configuration/maintenance-mode-props.ts';

const origin = 'https://app.example.com';

/** The sentence that wrong options fail with. */
function complaint(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('was accepted');
}

describe('options in code', () => {
  test.each<[wrong: string, options: Record<string, unknown>, sentence: RegExp]>([
    ['no origin', {}, /"origin" is missing; say which application to protect.*-c origin=https:/],
    [
      'an origin that is not https',
      { origin: 'http://app.example.com' },
      /"http:\/\/app.example.com" is not https/,
    ],
    ['an origin that is no URL', { origin: 'app.example.com' }, /is not a URL; write it like https:/],
    [
      'an origin with a path',
      { origin: `${origin}/app` },
      /give https:\/\/app.example.com alone, and a path .* by "originPath"/,
    ],
    [
      'an origin in the clear whose host is known later',
      { origin: `http://${Token.asString({ Ref: 'LoadBalancer' })}` },
      /must begin with https:\/\/ itself/,
    ],
    [
      'an origin of which nothing is known',
      { origin: Token.asString({ Ref: 'Address' }) },
      /"origin" must begin with https:\/\/ itself/,
    ],
    [
      'a stage whose name is known later',
      { origin: `https://${Token.asString({ Ref: 'Api' })}.example.com/${Token.asString({ Ref: 'Stage' })}` },
      /"origin" is more than a host; give its path, .*, by "originPath"/,
    ],
    ['a path without a slash', { origin, originPath: 'prod' }, /"originPath" must be a path such as \/prod/],
    ['a path with a slash at its end', { origin, originPath: '/prod/' }, /"originPath" must be a path/],
    [
      'TLS that is no more',
      { origin, securityPolicy: 'TLS_1_0' },
      /"securityPolicy" must be one of Security/,
    ],
    ['a profile that does not exist', { origin, profile: 'full' }, /"profile" must be "smallest" or/],
    [
      'what sessions look like, in the place of whether there are any',
      { origin, sessions: { prefix: 'shop:' } },
      /"sessions" must be "none" or "cache"; what sessions look like is said by "sessionPolicy"/,
    ],
    [
      'a cache without sessions',
      { origin, cache: {} },
      /"cache" is for the cache .* set "sessions" to "cache"/,
    ],
    [
      'what sessions look like, without any',
      { origin, sessionPolicy: { prefix: 'shop:' } },
      /"sessionPolicy" is about sessions in Redis/,
    ],
    ['work without jobs', { origin, workloads: {} }, /"workloads" .* set "jobs" to true/],
    [
      'contacts for notices without any',
      { origin, contacts: { notices: ['all@example.com'] } },
      /"contacts.notices" .* set "monitoring" to "full"/,
    ],
    [
      'contacts without alarms',
      { origin, monitoring: 'none', contacts: { level1: ['ops@example.com'] } },
      /"contacts.level1" .* set "monitoring" to "essential" or "full"/,
    ],
    [
      'a threshold without its alarm',
      { origin, alarmThresholds: { blockedCallsPerMinute: 5 } },
      /"alarmThresholds.blockedCallsPerMinute" .* set "monitoring" to "full"/,
    ],
    ['an origin with a query', { origin: `${origin}/?a=b` }, /more than a host/],
    ['an origin with a password', { origin: 'https://me:pw@app.example.com' }, /must not hold a user name/],
    ['an origin that is no text', { origin: 7 }, /"origin" must be text/],
    [
      'an option that does not exist',
      { origin, orgin: origin },
      /Unknown option "orgin". Did you mean "origin"\?/,
    ],
    [
      'an option far from any',
      { origin, zebraCrossing: 1 },
      /Unknown option "zebraCrossing". The options are: origin,/,
    ],
    [
      'an inner option that does not exist',
      { origin, throttling: { rate: 1 } },
      /Unknown option "throttling.rate"/,
    ],
    [
      'a rate of zero',
      { origin, throttling: { rateLimit: 0 } },
      /"throttling.rateLimit" must be a whole number from 1/,
    ],
    [
      'a class of callers that does not exist',
      { origin, throttling: { callers: { guest: {} } } },
      /Unknown option "throttling.callers.guest"/,
    ],
    [
      'a rate without a burst',
      { origin, throttling: { callers: { member: { rateLimit: 5 } } } },
      /"throttling.callers.member.burstLimit" must be a whole number/,
    ],
    [
      'a maintenance that raises a limit',
      {
        origin,
        throttling: {
          callers: { member: { rateLimit: 5, burstLimit: 5, maintenance: { rateLimit: 5, burstLimit: 6 } } },
        },
      },
      /"throttling.callers.member.maintenance" must not be above the usual limit/,
    ],
    [
      'a maintenance that lowers admins',
      {
        origin,
        throttling: {
          callers: { admin: { rateLimit: 5, burstLimit: 5, maintenance: { rateLimit: 1, burstLimit: 1 } } },
        },
      },
      /Unknown option "throttling.callers.admin.maintenance"/,
    ],
    [
      'a claim with a space',
      { origin, throttling: { apiKeyClaim: 'api key' } },
      /"throttling.apiKeyClaim" must be the name of a claim/,
    ],
    [
      'a limit by address below what AWS WAF takes',
      { origin, throttling: { wafRateLimit: 9 } },
      /"throttling.wafRateLimit" must be a whole number from 10/,
    ],
    ['a rate as text', { origin, throttling: { rateLimit: '5' } }, /must be a whole number/],
    [
      'a rate that is not a number',
      { origin, throttling: { rateLimit: Number.NaN } },
      /must be a whole number/,
    ],
    ['a fraction', { origin, offenderThreshold: 1.5 }, /"offenderThreshold" must be a whole number/],
    ['true for a number', { origin, offenderThreshold: true }, /"offenderThreshold" must be a whole number/],
    ['text for true', { origin, deletionProtection: 'yes' }, /"deletionProtection" must be true or false/],
    ['a third state', { origin, stateUnknown: 'ajar' }, /"stateUnknown" must be "open" or "closed"/],
    ['an unknown form', { origin, refusalForm: 'xml' }, /"refusalForm" must be "negotiated" or "json"/],
    [
      'a template without a slash',
      { origin, alwaysAllowed: ['health'] },
      /"alwaysAllowed.0".*begins with "\/"/,
    ],
    ['a template with a comma', { origin, alwaysAllowed: ['/a,/b'] }, /no comma/],
    ['a greedy segment in the middle', { origin, alwaysAllowed: ['/{a+}/b'] }, /only stand at the end/],
    ['a web origin with a path', { origin, allowedOrigins: [`${origin}/x`] }, /not a web origin/],
    ['no web origin', { origin, allowedOrigins: [] }, /"allowedOrigins" must name one/],
    ['no admins', { origin, adminGroups: [] }, /"adminGroups" must name at least one group/],
    ['a group with a comma', { origin, adminGroups: ['a,b'] }, /without spaces or commas/],
    [
      'a stale sign-in',
      { origin, freshSignIn: Duration.days(2) },
      /"freshSignIn" must be from 1 minute to 1 day/,
    ],
    ['a number for a duration', { origin, freshSignIn: 900 }, /"freshSignIn" must be a Duration/],
    [
      'an issuer that is not https',
      { origin, identity: { issuer: 'http://i', clientId: 'c' } },
      /is not https/,
    ],
    [
      'an issuer with a slash',
      { origin, identity: { issuer: 'https://i/', clientId: 'c' } },
      /must not end with a slash/,
    ],
    [
      'an issuer without a client',
      { origin, identity: { issuer: 'https://i' } },
      /"identity.clientId" is missing/,
    ],
    [
      'a domain without a certificate',
      { origin, customDomain: { domainName: 'a.example' } },
      /"customDomain.certificateArn" is missing/,
    ],
    [
      'a domain that is a URL',
      { origin, customDomain: { domainName: origin, certificateArn: 'arn:aws:acm:x' } },
      /host name/,
    ],
    ['a scope with a hash', { origin, scope: 'a#b' }, /"scope" must be 1 to 64/],
    ['a route without a path', { origin, routes: [{ method: 'GET' }] }, /"routes.0.path" is missing/],
    ['routes that are no list', { origin, routes: {} }, /"routes" must be a list/],
  ])('%s is refused with a sentence', (_wrong, options, sentence) => {
    expect(complaint(() => configure(options as unknown as MaintenanceModeProps))).toMatch(sentence);
  });

  test('every mistake is named at once', () => {
    const message = complaint(() => configure({ origin: 'http://a', stateUnknown: 'x' } as never));
    expect(message.split('\n')).toHaveLength(2);
  });

  test('a trailing slash of the origin makes no difference', () => {
    expect(configure({ origin: `${origin}/` }).origin).toBe(origin);
  });

  test('values known at deployment only are taken as they are', () => {
    const host = Token.asString({ Ref: 'LoadBalancer' });
    expect(configure({ origin: `https://${host}` }).origin).toContain(host);
  });

  test('the defaults are those of the contract', () => {
    expect(configure({ origin })).toMatchObject({
      stateUnknown: 'open',
      refusalForm: 'negotiated',
      offenderThreshold: 30,
      alwaysAllowed: [
        '/static/{proxy+}',
        '/favicon.ico',
        '/robots.txt',
        '/health',
        '/health/{proxy+}',
        '/api/csrf-token',
      ],
      deletionProtection: true,
    });
    expect(configure({ origin }).freshSignIn.toMinutes()).toBe(15);
  });
});

describe('options in context', () => {
  const read = (context: Record<string, unknown>) => contextOptions(new App({ context }).node);

  test('text becomes what the option is', () => {
    const options = read({
      origin,
      rateLimit: '50',
      adminGroups: 'a, b',
      freshSignInSeconds: '60',
      deletionProtection: 'false',
      issuer: 'https://issuer.example.com',
      clientId: 'c',
    });
    expect(configure(options)).toMatchObject({
      origin,
      throttling: { rateLimit: 50, burstLimit: 2000 },
      adminGroups: ['a', 'b'],
      deletionProtection: false,
      identity: { issuer: 'https://issuer.example.com', clientId: 'c' },
    });
  });

  test('limits by class are read from a file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'callers-'));
    try {
      const callers = path.join(folder, 'callers.json');
      const limits = { anonymous: { rateLimit: 5, burstLimit: 10 } };
      writeFileSync(callers, JSON.stringify(limits));
      const options = read({ origin, callers, apiKeyClaim: 'api_key', wafRateLimit: '1000' });
      expect(configure(options).throttling).toEqual({
        rateLimit: 1000,
        burstLimit: 2000,
        callers: limits,
        apiKeyClaim: 'api_key',
        wafRateLimit: 1000,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("the CDK's own context is left alone", () => {
    const context = { '@aws-cdk/core:x': true, 'aws:cdk:y': [], 'hosted-zone:account=1:domainName=a': {} };
    expect(read(context)).toEqual({});
  });

  test.each<[wrong: string, context: Record<string, unknown>, sentence: RegExp]>([
    ['a slip of the pen', { orgin: origin }, /Unknown option "orgin". Did you mean "origin"\?/],
    ['a name of every object', { toString: 'x' }, /Unknown option "toString"/],
    ['a word for a number', { rateLimit: 'lots' }, /"rateLimit" must be a number, not "lots"/],
    ['an empty number', { rateLimit: '' }, /must be a number/],
    ['a hexadecimal number', { rateLimit: '0x10' }, /must be a number/],
    ['yes for true', { cloudWatchRole: 'yes' }, /"cloudWatchRole" must be true or false/],
    ['a file that does not exist', { routes: '/no/such/file.json' }, /"routes" must name a JSON file/],
  ])('%s is refused with a sentence', (_wrong, context, sentence) => {
    expect(complaint(() => read(context))).toMatch(sentence);
  });
});
