import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CommandType, parseCommand } from '../../../../core/commands/parse-command.ts';
import { BLOCKABLE_OPERATIONS } from '../../../../core/decision/operations.ts';
import { historyQuery } from '../../../../core/history/schemas.ts';
import { check } from '../../../../core/http/check.ts';

const ok = { reason: 'Database upgrade' };
const astral = '\u{1F6A7}';

/** The bodies come as JSON texts, as they come over the wire: only there can __proto__ be a member. */
const INVALID: [call: CommandType, body: string, fields: string[]][] = [
  ['purge_sessions', '{"all":"yes"}', ['all']],
  ['purge_sessions', '{"all":null}', ['all']],
  ['purge_sessions', '{"everybody":true}', ['everybody']],
  ['purge_sessions', '[]', ['body']],
  ['revoke', '{}', ['principal']],
  ['revoke', '{"principal":""}', ['principal']],
  ['revoke', '{"principal":["mia"]}', ['principal']],
  ['revoke', '{"principal":"line\\nbreak"}', ['principal']],
  ['revoke', '{"principal":"nul\\u0000"}', ['principal']],
  ['revoke', '{"principal":"half a pair \\ud83d"}', ['principal']],
  ['revoke', JSON.stringify({ principal: 'x'.repeat(256) }), ['principal']],
  ['revoke', JSON.stringify({ principal: astral.repeat(129) }), ['principal']],
  ['revoke', '{"principal":"mia","role":"member"}', ['role']],
  ['enable', '{}', ['reason']],
  ['enable', '[]', ['body']],
  ['enable', 'null', ['body']],
  ['enable', 'true', ['body']],
  ['enable', '"reason"', ['body']],
  ['enable', '{"reason":""}', ['reason']],
  ['enable', '{"reason":null}', ['reason']],
  ['enable', '{"reason":1}', ['reason']],
  ['enable', '{"reason":["a"]}', ['reason']],
  ['enable', JSON.stringify({ reason: 'x'.repeat(501) }), ['reason']],
  ['enable', JSON.stringify({ reason: astral.repeat(501) }), ['reason']],
  ['enable', '{"reason":"bell\\u0007"}', ['reason']],
  ['enable', '{"reason":"carriage return\\r"}', ['reason']],
  ['enable', '{"reason":"nul\\u0000"}', ['reason']],
  ['enable', '{"reason":"delete\\u007f"}', ['reason']],
  ['enable', '{"reason":"C1\\u0085"}', ['reason']],
  ['enable', '{"reason":"half a pair \\ud83d"}', ['reason']],
  ['enable', '{"reason":"a","mode":"NORMAL"}', ['mode']],
  ['enable', '{"reason":"a","mode":"emergency"}', ['mode']],
  ['enable', '{"reason":"a","mode":null}', ['mode']],
  ['enable', '{"reason":"a","duration":"60"}', ['duration']],
  ['enable', '{"reason":"a","duration":true}', ['duration']],
  ['enable', '{"reason":"a","duration":null}', ['duration']],
  ['enable', '{"reason":"a","duration":59}', ['duration']],
  ['enable', '{"reason":"a","duration":604801}', ['duration']],
  ['enable', '{"reason":"a","duration":60.5}', ['duration']],
  ['enable', '{"reason":"a","duration":-60}', ['duration']],
  ['enable', '{"reason":"a","duration":1e999}', ['duration']],
  ['enable', '{"reason":"a","duration":[60]}', ['duration']],
  ['enable', '{"reason":"a","ends_at":"tomorrow"}', ['ends_at']],
  ['enable', '{"reason":"a","ends_at":"2026-01-15T12:00:00"}', ['ends_at']],
  ['enable', '{"reason":"a","ends_at":"2026-02-30T12:00:00Z"}', ['ends_at']],
  ['enable', '{"reason":"a","ends_at":"2026-01-15"}', ['ends_at']],
  ['enable', '{"reason":"a","ends_at":1768471200}', ['ends_at']],
  ['enable', '{"reason":"a","ends_at":null}', ['ends_at']],
  ['enable', '{"reason":"a","duration":60,"ends_at":"2026-01-15T12:00:00Z"}', ['ends_at']],
  ['enable', '{"reason":"a","auto_end":"true"}', ['auto_end']],
  ['enable', '{"reason":"a","auto_end":1}', ['auto_end']],
  ['enable', '{"reason":"a","invalidate_sessions":"no"}', ['invalidate_sessions']],
  ['enable', '{"reason":"a","notify_users":0}', ['notify_users']],
  ['enable', '{"reason":"a","blocked_operations":[]}', ['blocked_operations']],
  ['enable', '{"reason":"a","blocked_operations":"unknown"}', ['blocked_operations']],
  ['enable', '{"reason":"a","blocked_operations":[7]}', ['blocked_operations']],
  ['enable', '{"reason":"a","blocked_operations":["unknown","unknown"]}', ['blocked_operations']],
  ['enable', '{"reason":"a","blocked_operations":["admin_operations"]}', ['blocked_operations']],
  ['enable', '{"reason":"a","blocked_operations":["authentication"]}', ['blocked_operations']],
  ['enable', '{"reason":"a","blocked_operations":["read_operations"]}', ['blocked_operations']],
  ['enable', '{"reason":"a","blocked_operations":["__proto__"]}', ['blocked_operations']],
  ['enable', '{"reason":"a","blocked_operations":["Caption_Generation"]}', ['blocked_operations']],
  ['enable', '{"reason":"a","hours":2}', ['hours']],
  ['enable', '{"reason":"a","Reason":"b"}', ['Reason']],
  ['enable', '{"reason":"a","__proto__":{"mode":"test"}}', ['__proto__']],
  ['enable', '{"reason":"a","constructor":{"prototype":{}}}', ['constructor']],
  ['enable', '{"reason":"a","toString":1,"hasOwnProperty":1}', ['toString', 'hasOwnProperty']],
  ['enable', '{"duration":"60","mode":"X"}', ['reason', 'mode', 'duration']],
  ['emergency', '{}', ['reason']],
  ['emergency', '{"reason":"a","grace_period":901}', ['grace_period']],
  ['emergency', '{"reason":"a","grace_period":-1}', ['grace_period']],
  ['emergency', '{"reason":"a","grace_period":"30"}', ['grace_period']],
  ['emergency', '{"reason":"a","grace_period":false}', ['grace_period']],
  ['emergency', '{"reason":"a","terminate_jobs":"yes"}', ['terminate_jobs']],
  ['emergency', '{"reason":"a","duration":60}', ['duration']],
  ['deescalate', '{"reason":"a"}', ['reason']],
  ['disable', '{"force":true}', ['force']],
  ['disable', '{"__proto__":null}', ['__proto__']],
  ['disable', '[]', ['body']],
  ['update', '{}', ['body']],
  ['update', '{"mode":"test"}', ['mode', 'body']],
  ['update', '{"reason":null}', ['reason']],
  ['update', '{"auto_end":null}', ['auto_end']],
  ['update', '{"duration":null}', ['duration']],
  ['update', '{"duration":60,"ends_at":null}', ['ends_at']],
];

describe('a body that does not fit is refused, naming the field', () => {
  test.each(INVALID)('%s %s', (call, body, fields) => {
    const parsed = parseCommand(call, JSON.parse(body));
    if (parsed.ok) throw new Error('It was taken.');
    expect(parsed.problems.map(({ field }) => field)).toEqual(fields);
    for (const { message } of parsed.problems) expect(message).toMatch(/^(must|is|holds|names|cannot) /);
  });

  test('no body is taken to change a prototype', () => {
    parseCommand('enable', JSON.parse('{"reason":"a","__proto__":{"polluted":true}}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('any number of mistakes makes a short answer', () => {
    const body = Object.fromEntries(
      Array.from({ length: 5000 }, (_, n) => [`field_${n}_${'x'.repeat(200)}`, n]),
    );
    const parsed = parseCommand('enable', body);
    expect(parsed.ok || parsed.problems.length).toBe(20);
    expect(JSON.stringify(parsed).length).toBeLessThan(10_000);
  });

  test('anything at all is either taken or refused, never thrown at', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom<CommandType>('enable', 'emergency', 'update', 'disable'),
        (body, call) => {
          const parsed = parseCommand(call, body);
          expect(parsed.ok || parsed.problems.length > 0).toBe(true);
        },
      ),
    );
  });
});

describe('a body that fits becomes a command', () => {
  const enabled = {
    type: 'enable',
    mode: 'normal',
    reason: 'Database upgrade',
    autoEnd: false,
    blockedOperations: null,
    invalidateSessions: true,
    notifyUsers: true,
  };

  test.each<[call: CommandType, body: object, command: object]>([
    ['enable', ok, enabled],
    ['enable', { ...ok, mode: 'test' }, { ...enabled, mode: 'test' }],
    ['enable', { ...ok, duration: 60 }, { ...enabled, duration: 60 }],
    ['enable', { ...ok, duration: 604_800 }, { ...enabled, duration: 604_800 }],
    ['enable', { ...ok, ends_at: '2026-01-15T12:00:00Z' }, { ...enabled, endsAt: Date.UTC(2026, 0, 15, 12) }],
    [
      'enable',
      { ...ok, ends_at: '2026-01-15T12:00:00.5+02:00' },
      { ...enabled, endsAt: Date.UTC(2026, 0, 15, 10, 0, 0, 500) },
    ],
    [
      'enable',
      { ...ok, auto_end: true, invalidate_sessions: false, notify_users: false },
      { ...enabled, autoEnd: true, invalidateSessions: false, notifyUsers: false },
    ],
    [
      'enable',
      { ...ok, blocked_operations: BLOCKABLE_OPERATIONS },
      { ...enabled, blockedOperations: BLOCKABLE_OPERATIONS },
    ],
    ['enable', { reason: astral.repeat(500) }, { ...enabled, reason: astral.repeat(500) }],
    [
      'enable',
      { reason: 'Line 1\nLine 2\t"<b>$context</b>"' },
      { ...enabled, reason: 'Line 1\nLine 2\t"<b>$context</b>"' },
    ],
    ['emergency', ok, { type: 'emergency', reason: ok.reason, terminateJobs: true, gracePeriod: 30 }],
    [
      'emergency',
      { ...ok, terminate_jobs: false, grace_period: 0 },
      { type: 'emergency', reason: ok.reason, terminateJobs: false, gracePeriod: 0 },
    ],
    [
      'emergency',
      { ...ok, grace_period: 900 },
      { type: 'emergency', reason: ok.reason, terminateJobs: true, gracePeriod: 900 },
    ],
    ['deescalate', {}, { type: 'deescalate' }],
    ['disable', {}, { type: 'disable' }],
    ['update', ok, { type: 'update', reason: ok.reason }],
    ['update', { ends_at: null }, { type: 'update', endsAt: null }],
    [
      'update',
      { blocked_operations: null, auto_end: false },
      { type: 'update', blockedOperations: null, autoEnd: false },
    ],
  ])('%s %j', (call, body, command) => {
    expect(parseCommand(call, body)).toEqual({ ok: true, value: command });
  });
});

describe('the query of the history', () => {
  test.each([['0'], ['101'], ['-1'], ['1.5'], ['1e1'], [' 5'], ['five'], [''], [['5', '6']]])(
    'refuses limit=%j',
    (limit) => {
      const parsed = check(historyQuery, { limit }, 'query');
      expect(parsed).toMatchObject({ ok: false, problems: [{ field: 'limit' }] });
    },
  );

  test.each([['1'], ['20'], ['99'], ['100']])('takes limit=%j', (limit) => {
    expect(check(historyQuery, { limit }, 'query')).toMatchObject({ ok: true, value: { limit } });
  });

  test('refuses parameters that it does not know', () => {
    const parsed = check(historyQuery, { page: '2' }, 'query');
    expect(parsed).toMatchObject({ ok: false, problems: [{ field: 'page' }] });
  });
});
