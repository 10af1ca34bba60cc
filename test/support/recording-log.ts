import type { Log } from '../../lambdas/aws/log.ts';

export interface Told {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A log that remembers what it was told. */
export class RecordingLog implements Log {
  readonly lines: Told[] = [];

  info(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.lines.push({ level: 'INFO', message, fields });
  }

  warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.lines.push({ level: 'WARN', message, fields });
  }

  error(message: string, fields: Readonly<Record<string, unknown>>): void {
    this.lines.push({ level: 'ERROR', message, fields });
  }

  messages(): string[] {
    return this.lines.map(({ message }) => message);
  }
}
