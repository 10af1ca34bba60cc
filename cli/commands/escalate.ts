import { CliError } from '../cli-error.ts';
import { canAsk, type Io } from '../io.ts';
import { type JsonObject, textOf } from '../json-object.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { confirmed } from '../prompts/confirm.ts';
import { askText, givenOrAsked } from '../prompts/prompts.ts';
import { printJson, printLine } from '../render/output.ts';
import { printable } from '../render/painter.ts';
import { openHttpTransport } from '../transport/open-transport.ts';
import type { Transport } from '../transport/transport.ts';

interface EscalateOptions extends CommonOptions {
  readonly level?: 1 | 2 | 3;
  readonly test?: true;
  readonly description?: string;
  readonly impact?: string;
  readonly step?: readonly string[];
  readonly urgency: 'low' | 'medium' | 'high' | 'critical';
  readonly contact?: string;
  readonly yes?: true;
}

const LEVELS = [1, 2, 3] as const;

/** Calls those of a level, once that is confirmed; or tests the contacts of a level, or of all. */
export async function escalate(options: EscalateOptions, io: Io): Promise<void> {
  if (options.test) return await testContacts(options, io);
  const level = await levelOf(options, io);
  const body = {
    level,
    description: await given(io, options.description, 'description', 'What is the problem?'),
    impact: await given(io, options.impact, 'impact', 'What is the impact, now and to be expected?'),
    steps_taken: options.step ?? (await stepsAsked(io)),
    urgency: options.urgency,
    contact: await given(io, options.contact, 'contact', 'Where can you be reached?'),
  };
  const transport = await openHttpTransport(options, io, 'needed');
  await confirmed(options, io, transport, {
    command: 'escalate',
    consequences: [`Those of level ${level} are told what you wrote, and the state of the system.`],
    question: `Call level ${level}?`,
  });
  const answer = await send(transport, body);
  if (options.json) return printJson(io, answer);
  printLine(io, `Level ${level} has been told: ${printable(textOf(answer.message_id) ?? '')}.`);
}

/** All levels one after the other: those that can't be told don't hide whether the others can. */
async function testContacts(options: EscalateOptions, io: Io): Promise<void> {
  const levels = options.level === undefined ? LEVELS : [options.level];
  const transport = await openHttpTransport(options, io, 'needed');
  await confirmed(options, io, transport, {
    command: 'escalate',
    consequences: [`Those of level ${levels.join(', ')} get a message that is marked as a test.`],
    question: 'Send it?',
  });
  const sent: JsonObject[] = [];
  const failures: CliError[] = [];
  for (const level of levels) {
    try {
      const answer = await send(transport, { level, test: true });
      sent.push(answer);
      if (!options.json) {
        printLine(
          io,
          `Level ${level}: sent, ${printable(textOf(answer.message_id) ?? '')}. Ask whether it has come.`,
        );
      }
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      failures.push(error);
      if (!options.json) printLine(io, `Level ${level}: ${printable(error.message)}`);
    }
  }
  if (options.json && sent.length > 0) printJson(io, { items: sent });
  const [first] = failures;
  if (first !== undefined) throw first;
}

function send(transport: Transport, body: JsonObject): Promise<JsonObject> {
  return transport.send({ method: 'POST', path: '/escalations', body });
}

async function levelOf({ level }: EscalateOptions, io: Io): Promise<1 | 2 | 3> {
  if (level !== undefined) return level;
  const text = await given(io, undefined, 'level', 'Which level, 1, 2 or 3?');
  const asked = LEVELS.find((one) => String(one) === text.trim());
  return asked ?? (await levelOf({} as EscalateOptions, io));
}

function given(io: Io, value: string | undefined, option: string, question: string): Promise<string> {
  const needed = `Give --${option}: there is no terminal to ask on. Nobody has been told.`;
  return givenOrAsked(io, value, () => askText(io, question), needed);
}

async function stepsAsked(io: Io): Promise<string[]> {
  if (!canAsk(io)) return [];
  const text = await askText(io, 'What has been tried? (separate by ";", or "none")');
  const steps = text.split(';').map((step) => step.trim());
  return steps.filter((step) => step !== '' && step !== 'none');
}
