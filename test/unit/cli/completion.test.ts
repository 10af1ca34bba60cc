import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SHELLS } from '../../../cli/completion.ts';
import { buildProgram } from '../../../cli/program.ts';
import { CliSandbox } from '../../support/run-cli.ts';

let sandbox: CliSandbox;
beforeAll(async () => {
  sandbox = await CliSandbox.create();
});
afterAll(() => sandbox.remove());

async function script(shell: string): Promise<string> {
  const { exitCode, stdout, stderr } = await sandbox.run('completion', shell);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

/** What bash offers after these words. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const ask =
    'COMP_WORDS=(maintenance "$@"); COMP_CWORD=$#; _maintenance; printf "%s\\n" "$' + '{COMPREPLY[@]}"';
  const output = execFileSync('bash', ['--norc', '-uc', `${await script('bash')}\n${ask}`, 'bash', ...words]);
  return output.toString().split('\n').filter(Boolean);
}

describe('in bash', () => {
  test.each<[words: string[], offers: string[]]>([
    [['en'], ['enable']],
    [['d'], ['deescalate', 'disable', 'doctor', 'drill']],
    [['x'], []],
    [
      ['enable', '--mode', ''],
      ['normal', 'test'],
    ],
    [['enable', '-m', 'te'], ['test']],
    [['validate', '--du'], ['--duration']],
    [['status', '--w'], ['--watch']],
    [['history', '--l'], ['--limit']],
    [['enable', '--reason', ''], []],
    [['enable', '--reason', 'x', '--no-n'], ['--no-notify']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', '--help', '-h'],
    ],
    [['help', 'em'], ['emergency']],
    [['rules', 're'], ['remove']],
    [['rules', 'list', '--js'], ['--json']],
    [['nonsense', '--'], []],
  ])('%j is completed to %j', async (words, offers) => {
    expect(await offered(...words)).toEqual(offers);
  });

  test('every command is offered', async () => {
    const names = buildProgram({ ...sandbox, now: Date.now } as never).commands.map((command) =>
      command.name(),
    );
    expect(await offered('')).toEqual([...names, 'help']);
  });
});

describe.each(SHELLS)('the script for %s', (shell) => {
  test('knows every command and every option', async () => {
    const text = await script(shell);
    const program = buildProgram({ ...sandbox, now: Date.now } as never);
    for (const command of program.commands.flatMap((group) => [group, ...group.commands])) {
      expect(text).toContain(command.name());
      for (const { long } of command.options) {
        expect(text).toContain(shell === 'fish' ? ` -l ${long?.slice(2)}` : `${long}`);
      }
    }
  });

  test('has its quotes in pairs, and no error that the shell would find, where it is installed', async () => {
    const text = await script(shell);
    const unescaped = text.replaceAll("'\\''", '').replaceAll("\\'", '');
    for (const line of unescaped.split('\n')) expect(line.split("'").length % 2).toBe(1);
    const { error, stderr } = spawnSync(shell, ['-n'], { input: text, encoding: 'utf8' });
    expect(error === undefined ? stderr : '').toBe('');
  });
});

test('another shell is a usage error that names those that there are', async () => {
  const { exitCode, stderr } = await sandbox.run('completion', 'tcsh');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});
