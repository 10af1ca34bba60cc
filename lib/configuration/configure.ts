import { ConfigurationError } from './configuration-error.ts';
import type { MaintenanceModeProps } from './maintenance-mode-props.ts';
import { CONFIGURATION, type Configuration, OPTION_NAMES } from './schema.ts';
import { unknownOption } from './unknown-option.ts';

/**
 * Checks the options and fills in the defaults. Types are checked again here, for callers without TypeScript.
 * Throws ConfigurationError with one sentence for each thing that is wrong.
 *
 * @example configure({ origin: 'https://app.example.com' }).stateUnknown // 'open'
 */
export function configure(props: MaintenanceModeProps): Configuration {
  const result = CONFIGURATION.safeParse(props);
  if (result.success) return result.data;
  const sentences = result.error.issues.map((issue) => {
    const place = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return `Option "${place}" ${joined(issue.message)}.`;
    const known = place === '' ? OPTION_NAMES : [];
    return issue.keys.map((key) => unknownOption(place === '' ? key : `${place}.${key}`, known)).join('\n');
  });
  throw new ConfigurationError(sentences.join('\n'));
}

/** A message that is a clause of its own follows a colon; one that begins with its verb follows the name. */
function joined(message: string): string {
  return /^(?:must|is)\b/.test(message) ? message : `can't be used: ${message}`;
}
