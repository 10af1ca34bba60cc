import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { FINDING_SECTIONS } from '../core/health/finding.ts';
import { SHELLS } from './completion.ts';
import type { Io } from './io.ts';
import {
  durationValue,
  instantValue,
  keyValue,
  levelValue,
  limitValue,
  listValue,
  minutesValue,
  sessionIdValue,
  startValue,
  statsMinutesValue,
  timeoutValue,
  versionValue,
} from './options/option-values.ts';

const EXIT_CODES = `
Exit codes:
  0  done
  1  failed or refused
  2  the command line can't be carried out as it is; nothing was changed
  3  not signed in (any more)
  4  nobody answered`;

const ENVIRONMENT = `
Environment:
  MAINTENANCE_API       the API when --api is not given
  MAINTENANCE_PASSWORD  the password for login
  MAINTENANCE_TABLE     the state table for --direct
  MAINTENANCE_STACK     the stack when --stack is not given
  NO_COLOR              set to anything: no colours`;

/** Built anew for each run. What a command needs to act is loaded when it is called: help and errors come at once. */
export function buildProgram(io: Io): Command {
  const program = new Command('maintenance')
    .description('Switch maintenance mode of an API on and off, and see where it stands.')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {},
      getOutHasColors: () => false,
    })
    .helpCommand('help [command]', 'Show the help of a command')
    .showSuggestionAfterError()
    .addHelpText('after', `${EXIT_CODES}\n${ENVIRONMENT}`);
  const commands = [
    login(io),
    logout(io),
    whoAmI(io),
    status(io),
    validate(io),
    enable(io),
    emergency(io),
    deescalate(io),
    disable(io),
    update(io),
    refresh(io),
    logLevel(io),
    reset(io),
    history(io),
    reports(io),
    report(io),
    windows(io),
    rules(io),
    classify(io),
    simulate(io),
    sessions(io),
    users(io),
    jobs(io),
    stats(io),
    escalate(io),
    logs(io),
    doctor(io),
    drill(io),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
    const parts = command.commands.length === 0 ? [command] : command.commands;
    for (const part of parts) withCommon(part.copyInheritedSettings(program));
  }
  program.addCommand(completion(io).copyInheritedSettings(program));
  return program;
}

function login(io: Io): Command {
  return new Command('login')
    .description('Sign in by username and password, and remember the tokens.')
    .option('-u, --username <name>', 'asked for on a terminal when missing')
    .option(
      '-p, --password <password>',
      'asked for on a terminal when missing; MAINTENANCE_PASSWORD is safer',
    )
    .option('--new-password <password>', 'the new password, when the user pool asks for one')
    .option('--mfa-code <code>', 'the one-time code, when the user pool asks for one')
    .addHelpText('after', () =>
      examples(
        'maintenance login --api http://localhost:5000 --username admin',
        'MAINTENANCE_PASSWORD=... maintenance login --username admin --json',
      ),
    )
    .action(async (options) => (await import('./commands/login.ts')).login(options, io));
}

function logout(io: Io): Command {
  return new Command('logout')
    .description('Forget the sign-in, and revoke its refresh token.')
    .addHelpText('after', () => examples('maintenance logout --api http://localhost:5000'))
    .action(async (options) => (await import('./commands/logout.ts')).logout(options, io));
}

function status(io: Io): Command {
  const command = new Command('status')
    .description('Show whether maintenance is active, why, until when, and what is blocked.')
    .addOption(
      new Option(
        '-w, --watch',
        'show it again every 1.5 s until Ctrl-C; with --json one line per change',
      ).conflicts('direct'),
    )
    .addHelpText('after', () =>
      examples(
        'maintenance status',
        'maintenance status --watch',
        'maintenance status --api https://api.example.org --json',
      ),
    )
    .action(async (options) => (await import('./commands/status.ts')).status(options, io));
  return withDirect(command);
}

function enable(io: Io): Command {
  const command = withPlan(new Command('enable'))
    .description('Start a maintenance, or a test run that blocks nothing and records everything.')
    .addHelpText('after', () =>
      examples(
        'maintenance enable --reason "Database upgrade" --duration 30m',
        'maintenance enable --reason "Upgrade" --ends-at 2026-01-15T10:00:00Z --auto-end',
        'maintenance enable --reason "New model" --block caption_generation --block job_creation',
        'maintenance enable --reason "Rehearsal" --mode test',
      ),
    )
    .action(async (options) => (await import('./commands/change.ts')).enable(options, io));
  return withChange(command);
}

function validate(io: Io): Command {
  const command = withPlan(new Command('validate'))
    .description('Say whether enable would be carried out, and what would come of it. Changes nothing.')
    .addHelpText('after', () =>
      examples(
        'maintenance validate --reason "Database upgrade" --duration 30m',
        'maintenance validate --reason "New model" --block caption_generation --json',
      ),
    )
    .action(async (options) => (await import('./commands/validate.ts')).validate(options, io));
  return withDirect(command);
}

function whoAmI(io: Io): Command {
  return new Command('whoami')
    .description('Show whom the API takes you for.')
    .addHelpText('after', () => examples('maintenance whoami'))
    .action(async (options) => (await import('./commands/who-am-i.ts')).whoAmI(options, io));
}

function completion(io: Io): Command {
  return new Command('completion')
    .description('Print the script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'for which shell').choices(SHELLS))
    .allowExcessArguments(false)
    .addHelpText('after', () =>
      examples('source <(maintenance completion bash)', 'maintenance completion fish | source'),
    )
    .action(async (shell, _options, command) =>
      (await import('./commands/completion.ts')).completion(shell, command.parent, io),
    );
}

function emergency(io: Io): Command {
  const command = new Command('emergency')
    .description('Close the service to everybody but admins, after asking.')
    .requiredOption('-r, --reason <text>', 'why; shown to everybody who is blocked')
    .option(
      '--public-reason <text>',
      'what everybody who is blocked reads instead; the reason is for admins then',
    )
    .option(
      '--grace-period <length>',
      'what running jobs get to stop by themselves, 0 to 900 s',
      durationValue,
      30,
    )
    .option('--no-terminate-jobs', 'let running jobs go on')
    .option('-y, --yes', "don't ask")
    .addHelpText('after', () =>
      examples(
        'maintenance emergency --reason "Data loss in progress"',
        'maintenance emergency --reason "Break-in" --grace-period 0 --yes',
        'maintenance emergency --reason "API is down" --direct --table maintenance-state --yes',
      ),
    )
    .action(async (options) => (await import('./commands/change.ts')).emergency(options, io));
  return withChange(command);
}

function deescalate(io: Io): Command {
  const command = new Command('deescalate')
    .description('Go back from emergency to normal mode.')
    .addHelpText('after', () => examples('maintenance deescalate'))
    .action(async (options) => (await import('./commands/change.ts')).deescalate(options, io));
  return withChange(command);
}

function disable(io: Io): Command {
  const command = new Command('disable')
    .description('End the maintenance, the emergency or the test run, after asking.')
    .option('-y, --yes', "don't ask")
    .addHelpText('after', () => examples('maintenance disable', 'maintenance disable --yes --json'))
    .action(async (options) => (await import('./commands/change.ts')).disable(options, io));
  return withChange(command);
}

function update(io: Io): Command {
  const command = new Command('update')
    .description('Change the maintenance that is active; what is not named stays as it is.')
    .option('-r, --reason <text>', 'why; shown to everybody who is blocked')
    .option(
      '--public-reason <text>',
      'what everybody who is blocked reads instead; the reason is for admins then',
    )
    .addOption(durationOption().conflicts('endsAt'))
    .addOption(
      new Option(
        '--extend <length>',
        'longer than planned, or than now where that is over, by 30m or the like',
      )
        .argParser(durationValue)
        .conflicts(['duration', 'endsAt']),
    )
    .option('--ends-at <instant>', 'the planned end, RFC 3339', instantValue)
    .addOption(
      new Option('--no-end', 'take the planned end away').conflicts(['duration', 'endsAt', 'extend']),
    )
    .option('--auto-end', 'end by itself at the planned end')
    .option('--no-auto-end', 'go on past the planned end')
    .addOption(blockOption().conflicts('blockAll'))
    .option('--block-all', 'block everything that can be blocked')
    .addOption(drainDeadlineOption())
    .addOption(new Option('--no-drain-deadline', 'let jobs take their time'))
    .addHelpText('after', () =>
      examples(
        'maintenance update --extend 30m',
        'maintenance update --duration 2h',
        'maintenance update --reason "Takes longer than planned" --no-end',
        'maintenance update --block-all',
      ),
    )
    .action(async (options) => (await import('./commands/change.ts')).update(options, io));
  return withChange(command);
}

function refresh(io: Io): Command {
  const command = new Command('refresh')
    .description('Have every instance of every function drop what it remembers, as a restart would.')
    .addHelpText('after', () => examples('maintenance refresh', 'maintenance refresh --direct --table state'))
    .action(async (options) => (await import('./commands/upkeep.ts')).refresh(options, io));
  return withChange(command);
}

function logLevel(io: Io): Command {
  const command = new Command('log-level')
    .description('Have every decision told in the log for some minutes, or no more.')
    .addArgument(new Argument('<level>', 'what is told').choices(['debug', 'info']))
    .option('--minutes <number>', 'how long debug holds, 1 to 60 (default: 15)', minutesValue)
    .addHelpText('after', () =>
      examples('maintenance log-level debug --minutes 30', 'maintenance log-level info'),
    )
    .action(async (level, options) =>
      (await import('./commands/upkeep.ts')).changeLogLevel(level, options, io),
    );
  return withChange(command);
}

function reset(io: Io): Command {
  const command = new Command('reset')
    .description('End whatever is active and take out of the state what could be stuck, after asking.')
    .option('--windows', 'take scheduled windows away too')
    .option('--rules', 'take your own classification rules away too')
    .option('-y, --yes', "don't ask")
    .addHelpText('after', () =>
      examples('maintenance reset', 'maintenance reset --direct --table maintenance-state --yes'),
    )
    .action(async (options) => (await import('./commands/upkeep.ts')).reset(options, io));
  return withChange(command);
}

function history(io: Io): Command {
  const command = withPages(new Command('history'), 'events')
    .description('Show what happened, newest first.')
    .addHelpText('after', () => examples('maintenance history --limit 5', 'maintenance history --all --json'))
    .action(async (options) => (await import('./commands/history.ts')).history(options, io));
  return withDirect(command);
}

function reports(io: Io): Command {
  return withPages(new Command('reports'), 'reports')
    .description('Show every maintenance, emergency and test run, newest first.')
    .addHelpText('after', () => examples('maintenance reports --limit 5', 'maintenance reports --all --json'))
    .action(async (options) => (await import('./commands/reports.ts')).listReports(options, io));
}

function report(io: Io): Command {
  return new Command('report')
    .description('Show what a maintenance, an emergency or a test run came to; the newest without an id.')
    .argument('[id]', 'as `maintenance reports` shows it')
    .addOption(new Option('--markdown', 'print a page in Markdown').conflicts('json'))
    .addHelpText('after', () =>
      examples(
        'maintenance report',
        'maintenance report 3f0c3a1e-8b8e-4a52-9f0d-0d9a3b1f2c11 --json',
        'maintenance report --markdown > report.md',
      ),
    )
    .action(async (id, options) => (await import('./commands/reports.ts')).showReport(id, options, io));
}

function windows(io: Io): Command {
  const command = new Command('windows')
    .description('Schedule maintenance that begins and ends by itself, once or again and again.')
    .addHelpText('after', () =>
      examples(
        'maintenance windows list',
        'maintenance windows add --reason "Upgrade" --starts-at 2026-01-18T02:30:00+01:00 --duration 1h',
        'maintenance windows add --reason "Weekly upgrades" --starts-at 2026-01-18T02:30:00+01:00 --duration 1h --rrule "FREQ=WEEKLY;BYDAY=SU" --timezone Europe/Berlin',
        'maintenance windows change 3f0c3a1e --starts-at now',
        'maintenance windows skip 3f0c3a1e 2026-01-25T02:30:00+01:00',
        'maintenance windows cancel 3f0c3a1e',
      ),
    );
  const load = () => import('./commands/windows.ts');
  const list = new Command('list')
    .description('Show the windows that are not over, by their next start.')
    .action(async (options) => (await load()).listWindows(options, io));
  const show = new Command('show')
    .description('Show one window, with the next times that it takes place.')
    .argument('<id>', 'as the list shows it')
    .action(async (id, options) => (await load()).showWindow(id, options, io));
  const add = withPreconditions(withWindow(new Command('add')))
    .description('Schedule a window. It needs a reason, a start, and a length or an end.')
    .action(async (options) => (await load()).addWindow(options, io));
  const change = withPreconditions(withWindow(new Command('change')))
    .description('Change a window; what is not named stays as it is. --starts-at now starts it early.')
    .argument('<id>', 'as the list shows it')
    .addOption(new Option('--block-all', 'block everything that can be blocked').conflicts('block'))
    .addOption(new Option('--once', 'do not recur any more').conflicts('rrule'))
    .action(async (id, options) => (await load()).changeWindow(id, options, io));
  const skip = withPreconditions(new Command('skip'))
    .description('Leave one occurrence of a window out; the count of its rule goes on.')
    .argument('<id>', 'as the list shows it')
    .argument('<starts-at>', 'when it begins, as `windows show` tells it', instantValue)
    .action(async (id, startsAt, options) =>
      (await load()).skipOccurrence('skip', id, startsAt, options, io),
    );
  const unskip = withPreconditions(new Command('unskip'))
    .description('Take an occurrence of a window back that was left out.')
    .argument('<id>', 'as the list shows it')
    .argument('<starts-at>', 'when it begins', instantValue)
    .action(async (id, startsAt, options) =>
      (await load()).skipOccurrence('unskip', id, startsAt, options, io),
    );
  const cancel = withPreconditions(new Command('cancel'))
    .description('Cancel what has not begun of a window, after asking.')
    .argument('<id>', 'as the list shows it')
    .option('-y, --yes', "don't ask")
    .action(async (id, options) => (await load()).cancelWindow(id, options, io));
  for (const part of [list, show, add, change, skip, unskip, cancel]) command.addCommand(part);
  return command;
}

function rules(io: Io): Command {
  const command = new Command('rules')
    .description("Show and change the owner's classification rules.")
    .addHelpText('after', () =>
      examples(
        'maintenance rules list',
        'maintenance rules add POST /reports/{id}/publish batch_operations',
        'maintenance rules remove 3f0c3a1e8b8e',
      ),
    );
  const list = new Command('list')
    .description('Show the rules, newest first.')
    .action(async (options) => (await import('./commands/rules.ts')).listRules(options, io));
  const add = new Command('add')
    .description('Add a rule; it is consulted before the built-in ones.')
    .argument('<method>', 'one verb, several separated by commas, or ANY')
    .argument('<path>', 'path template: /literal/{one}/{rest+}')
    .argument('<operation>', 'operation type, built-in or a name of your own')
    .action(async (method, path, operation, options) =>
      (await import('./commands/rules.ts')).addRule({ method, path, operation }, options, io),
    );
  const remove = new Command('remove')
    .description('Remove a rule.')
    .argument('<id>', 'as the list shows it')
    .action(async (id, options) => (await import('./commands/rules.ts')).removeRule(id, options, io));
  return command.addCommand(list).addCommand(add).addCommand(remove);
}

function classify(io: Io): Command {
  return new Command('classify')
    .description('Show how a request is classified, and what becomes of it for each role in each mode.')
    .argument('<method>', 'HTTP verb')
    .argument('<path>', 'path as it would be called')
    .addHelpText('after', () =>
      examples(
        'maintenance classify POST /start_caption_generation',
        'maintenance classify GET /switch_platform/7 --json',
      ),
    )
    .action(async (method, path, options) =>
      (await import('./commands/rules.ts')).classify({ method, path }, options, io),
    );
}

function simulate(io: Io): Command {
  return new Command('simulate')
    .description(
      'Say what becomes of a made-up request, now or in a mode. Nothing is sent to the application.',
    )
    .argument('<method>', 'HTTP verb')
    .argument('<path>', 'path as it would be called')
    .addOption(
      new Option('--as <role>', 'who makes it')
        .choices(['admin', 'worker', 'member', 'anonymous'])
        .default('anonymous'),
    )
    .addOption(
      new Option(
        '-m, --mode <mode>',
        'in this mode, everything blocked that can be (default: as things are)',
      ).choices(['normal', 'emergency', 'test']),
    )
    .addHelpText('after', () =>
      examples(
        'maintenance simulate POST /start_caption_generation --as member',
        'maintenance simulate GET / --mode emergency --json',
      ),
    )
    .action(async (method, path, options) =>
      (await import('./commands/simulate.ts')).simulate({ method, path }, options, io),
    );
}

function sessions(io: Io): Command {
  const command = new Command('sessions')
    .description("Show the application's sessions, and end them.")
    .addHelpText('after', () =>
      examples(
        'maintenance sessions stats',
        'maintenance sessions list --role admin --all',
        'maintenance sessions show qz3_HQt5VIHVSvYtLG3YT-mYXxQNUyUs --json',
        'maintenance sessions purge',
        'maintenance sessions purge --all --yes --no-wait',
      ),
    );
  const stats = new Command('stats')
    .description('Show how many there are, by role and age; estimated where there are many.')
    .action(async (options) => (await import('./commands/sessions.ts')).sessionStatistics(options, io));
  const list = withPages(new Command('list'), 'sessions')
    .description('Show them in no particular order, with short ids.')
    .addOption(new Option('--role <role>', 'only those of this role').choices(['admin', 'worker', 'member']))
    .action(async (options) => (await import('./commands/sessions.ts')).listSessions(options, io));
  const show = new Command('show')
    .description('Show whose one is, how old, and whether it is still good.')
    .argument('<id>', 'the whole id, as the cookie holds it', sessionIdValue)
    .action(async (id, options) => (await import('./commands/sessions.ts')).showSession(id, options, io));
  const purge = new Command('purge')
    .description("End all but admins', after asking, and wait until they are deleted.")
    .option('--all', "end admins' too, but for your own")
    .option('-y, --yes', "don't ask")
    .option('--no-wait', "don't wait; with --direct nobody waits")
    .action(async (options) => (await import('./commands/purge.ts')).purgeSessions(options, io));
  return command.addCommand(stats).addCommand(list).addCommand(show).addCommand(withChange(purge));
}

function users(io: Io): Command {
  const command = new Command('users')
    .description('Show users, make them admins, and end what somebody was given.')
    .addHelpText('after', () =>
      examples(
        'maintenance users revoke mia',
        'maintenance users show alice --stack MaintenanceMode',
        'maintenance users promote alice --create',
      ),
    );
  const revoke = new Command('revoke')
    .description('End all that somebody was given until now, whatever their role, after asking.')
    .argument('<name>', 'the id, as `maintenance whoami` and log lines show it')
    .option('-y, --yes', "don't ask")
    .action(async (name, options) => (await import('./commands/purge.ts')).revoke(name, options, io));
  const show = new Command('show')
    .description('Show what the user pool knows of somebody. Goes to AWS by IAM, not through the API.')
    .argument('<name>', 'user name in the user pool')
    .action(async (name, options) => (await import('./commands/users.ts')).showUser(name, options, io));
  const promote = new Command('promote')
    .description('Make somebody an admin, after asking. Goes to AWS by IAM, not through the API.')
    .argument('<name>', 'user name in the user pool')
    .option('--group <name>', 'the group to put them into', 'admins')
    .option('--create', 'create the user if there is none, with a temporary password')
    .option('-y, --yes', "don't ask")
    .action(async (name, options) => (await import('./commands/users.ts')).promoteUser(name, options, io));
  return command
    .addCommand(withChange(revoke))
    .addCommand(withStack(withRegion(show)))
    .addCommand(withStack(withRegion(promote)));
}

function jobs(io: Io): Command {
  const command = new Command('jobs')
    .description('Show the jobs that workers run, stop them, and have them done again.')
    .addHelpText('after', () =>
      examples(
        'maintenance jobs list --status terminated --all',
        'maintenance jobs show 3f0c3a1e-8b8e-4a52-9f0d-0d9a3b1f2c11',
        'maintenance jobs terminate --grace 60',
        'maintenance jobs requeue 3f0c3a1e-8b8e-4a52-9f0d-0d9a3b1f2c11',
      ),
    );
  const list = new Command('list')
    .description('Show the jobs, newest first.')
    .addOption(
      new Option('-s, --status <status>', 'only jobs that are so').choices([
        'running',
        'cancelling',
        'completed',
        'failed',
        'terminated',
        'lost',
      ]),
    )
    .option('-n, --limit <number>', 'jobs to show, 1 to 100', limitValue, 20)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .addOption(new Option('--all', 'show everything').conflicts('cursor'))
    .action(async (options) => (await import('./commands/jobs.ts')).listJobs(options, io));
  const show = new Command('show')
    .description('Show one job.')
    .argument('<id>', 'as the list shows it')
    .action(async (id, options) => (await import('./commands/jobs.ts')).showJob(id, options, io));
  const terminate = new Command('terminate')
    .description('Ask jobs to stop, all or those named; what is left after the grace period is terminated.')
    .argument('[ids...]', 'the jobs that are meant, instead of all that run')
    .option('--grace <length>', 'what they get to stop by themselves, 0 to 900 s', durationValue, 10)
    .option('-y, --yes', "don't ask")
    .action(async (ids, options) => (await import('./commands/jobs.ts')).terminateJobs(ids, options, io));
  const requeue = new Command('requeue')
    .description('Have a job done again that was cut short, once.')
    .argument('<id>', 'as the list shows it')
    .action(async (id, options) => (await import('./commands/jobs.ts')).requeueJob(id, options, io));
  return command.addCommand(list).addCommand(show).addCommand(terminate).addCommand(requeue);
}

function stats(io: Io): Command {
  return new Command('stats')
    .description('Show decisions, latencies, throttles and what they depend on, of the last minutes.')
    .option('--minutes <number>', 'how far back, 5 to 1440', statsMinutesValue, 60)
    .addHelpText('after', () => examples('maintenance stats', 'maintenance stats --minutes 1440 --json'))
    .action(async (options) => (await import('./commands/stats.ts')).stats(options, io));
}

function escalate(io: Io): Command {
  return new Command('escalate')
    .description('Call those of a level with the state of the system, after asking; or test their contacts.')
    .option('-l, --level <number>', '1, 2 or 3; all of them for --test', levelValue)
    .addOption(
      new Option('--test', 'send a message that is marked as a test').conflicts([
        'description',
        'impact',
        'step',
        'contact',
      ]),
    )
    .option('--description <text>', 'what the problem is')
    .option('--impact <text>', 'what it does to the business')
    .addOption(
      new Option('--step <text>', 'what has been tried; may be repeated').argParser<string[]>(
        (text, before: readonly string[] = []) => [...before, text],
      ),
    )
    .addOption(
      new Option('--urgency <urgency>', 'how urgent it is')
        .choices(['low', 'medium', 'high', 'critical'])
        .default('high'),
    )
    .option('--contact <text>', 'where you can be reached')
    .option('-y, --yes', "don't ask")
    .addHelpText('after', () =>
      examples(
        'maintenance escalate --level 2 --description "Sessions are not ended" --impact "Members go on working" --contact "alice, +49 30 1234567"',
        'maintenance escalate --test',
      ),
    )
    .action(async (options) => (await import('./commands/escalate.ts')).escalate(options, io));
}

function logs(io: Io): Command {
  const command = new Command('logs')
    .description('Show the log lines of the functions. Goes to AWS by IAM, not through the API.')
    .option('-f, --function <name>', 'only those of this function, such as authorizer or purge')
    .addOption(new Option('--errors', 'only errors').conflicts('blocked'))
    .option('--blocked', 'only blocked calls')
    .addOption(
      new Option('--count', 'count them: blocked calls by type, others by event').conflicts('follow'),
    )
    .option('--since <length>', 'how far back', durationValue, 900)
    .option('--follow', 'go on until Ctrl-C; with --json one line each')
    .addOption(
      new Option(
        '--level <level>',
        'change what is told first, for 15 minutes, through the API or --direct',
      ).choices(['debug', 'info']),
    )
    .addHelpText('after', () =>
      examples(
        'maintenance logs --errors --since 1h',
        'maintenance logs --blocked --count',
        'maintenance logs --function authorizer --follow --level debug',
      ),
    )
    .action(async (options) => (await import('./commands/logs.ts')).logs(options, io));
  return withDirect(command);
}

function doctor(io: Io): Command {
  const command = new Command('doctor')
    .description('Go through the checklist: what works, what does not, and what to type. Changes nothing.')
    .addOption(new Option('--section <names...>', 'only these parts of it').choices(FINDING_SECTIONS))
    .option('--origin <url>', 'address of the application: it must not answer past the gateway')
    .addHelpText(
      'after',
      () => `
Exit codes of doctor:
  0  everything that was looked at is fine
  1  a warning, or something that could not be looked at
  2  something has failed; also a command line that can't be carried out
${examples('maintenance doctor', 'maintenance doctor --section services logs', 'maintenance doctor --direct --json')}`,
    )
    .action(async (options) => (await import('./commands/doctor.ts')).doctor(options, io));
  return withDirect(command);
}

function drill(io: Io): Command {
  const command = new Command('drill')
    .description('Rehearse a maintenance as a test run, which blocks nothing, after asking; with a verdict.')
    .option('--contacts', 'also send a test message to each level of escalation')
    .option('-y, --yes', "don't ask")
    .addHelpText('after', () => examples('maintenance drill', 'maintenance drill --contacts --yes --json'))
    .action(async (options) => (await import('./commands/drill.ts')).drill(options, io));
  return withStack(withRegion(command));
}

function withStack(command: Command): Command {
  return command.option(
    '--stack <name>',
    'stack to look in (default: MAINTENANCE_STACK, else MaintenanceMode)',
  );
}

function withRegion(command: Command): Command {
  return command.option('--region <region>', 'AWS region (default: as AWS is configured)');
}

function withCommon(command: Command): Command {
  return command
    .option(
      '--api <url>',
      'address of the protected API (default: MAINTENANCE_API, else the last one signed in to)',
    )
    .option('--json', 'print one JSON document; errors as a JSON problem on standard error')
    .option('--timeout <length>', 'longest wait for one answer', timeoutValue, 30)
    .allowExcessArguments(false);
}

function withDirect(command: Command): Command {
  return withStack(command)
    .addOption(
      new Option('--direct', 'use AWS credentials and the state table alone, without the API').conflicts(
        'api',
      ),
    )
    .option(
      '--table <name>',
      'state table, for --direct (default: MAINTENANCE_TABLE, else that of the stack)',
    )
    .option('--region <region>', 'AWS region of the table, for --direct (default: as AWS is configured)')
    .option('--scope <name>', 'event log within the table, for --direct', 'default');
}

function withChange(command: Command): Command {
  return withPreconditions(withDirect(command));
}

function withPreconditions(command: Command): Command {
  return command
    .option('--idempotency-key <key>', 'makes it safe to repeat the call (default: a fresh one)', keyValue)
    .option('--if-match <version>', 'only if the state is still at this version', versionValue);
}

/** What describes a maintenance to be. */
function withPlan(command: Command): Command {
  return command
    .requiredOption('-r, --reason <text>', 'why; shown to everybody who is blocked')
    .option(
      '--public-reason <text>',
      'what everybody who is blocked reads instead; the reason is for admins then',
    )
    .addOption(new Option('-m, --mode <mode>', 'what to start').choices(['normal', 'test']).default('normal'))
    .addOption(durationOption().conflicts('endsAt'))
    .option('--ends-at <instant>', 'the planned end, RFC 3339', instantValue)
    .option('--auto-end', 'end by itself at the planned end')
    .addOption(blockOption())
    .option('--no-invalidate-sessions', "leave members' sessions alone")
    .option('--no-notify', 'send no notices')
    .addOption(drainDeadlineOption());
}

/** @param of what is on the list */
function withPages(command: Command, of: string): Command {
  return command
    .option('-n, --limit <number>', `${of} to show, 1 to 100`, limitValue, 20)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .addOption(new Option('--all', 'show everything').conflicts('cursor'));
}

/** What describes a window; the API says what is missing. */
function withWindow(command: Command): Command {
  return command
    .option('-r, --reason <text>', 'why; shown to everybody who is blocked')
    .option(
      '--public-reason <text>',
      'what everybody who is blocked reads instead; the reason is for admins then',
    )
    .option('--starts-at <instant>', 'the start, RFC 3339, or now', startValue)
    .addOption(durationOption().conflicts('endsAt'))
    .option('--ends-at <instant>', 'the planned end, RFC 3339', instantValue)
    .addOption(new Option('-m, --mode <mode>', 'what to start').choices(['normal', 'test']))
    .option('--auto-end', 'end by itself at the planned end, as a new window does')
    .option('--no-auto-end', 'go on past the planned end')
    .addOption(blockOption())
    .option('--invalidate-sessions', "end members' sessions at its start, as a new window does")
    .option('--no-invalidate-sessions', "leave members' sessions alone")
    .option('--notify', 'send notices, as a new window does')
    .option('--no-notify', 'send no notices')
    .addOption(drainDeadlineOption('its start'))
    .option('--rrule <rule>', 'how it recurs, an RRULE of RFC 5545')
    .option('--timezone <name>', 'whose local time it recurs by, IANA name (default: UTC)');
}

function durationOption(): Option {
  return new Option(
    '-d, --duration <length>',
    'seconds from start to planned end, or like 30m, 2h, 1d',
  ).argParser(durationValue);
}

function drainDeadlineOption(since = 'now'): Option {
  return new Option(
    '--drain-deadline <length>',
    `seconds from ${since} after which it is told that jobs still run, or like 30m, 2h`,
  ).argParser(durationValue);
}

function blockOption(): Option {
  return new Option('--block <type>', 'block this operation type instead of all; may be repeated').argParser<
    string[]
  >(listValue);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n${EXIT_CODES}`;
}

function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
