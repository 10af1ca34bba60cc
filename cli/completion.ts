import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** An option as a shell offers it. */
interface Offered {
  /** Long and short spelling. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What its value may be; empty where that is anything, null where it takes none. */
  readonly values: readonly string[] | null;
}

interface OfferedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Offered[];
  /** What its argument may be. */
  readonly values: readonly string[];
}

/**
 * The completion script of a shell, made of the commands and options that there are.
 *
 * @example completionScript(buildProgram(io), 'bash')
 */
export function completionScript(program: Command, shell: Shell): string {
  const commands = offersOf(program);
  switch (shell) {
    case 'bash':
      return bashScript(program.name(), commands);
    case 'zsh':
      return zshScript(program.name(), commands);
    case 'fish':
      return fishScript(program.name(), commands);
  }
}

function offersOf(program: Command): OfferedCommand[] {
  const help = program.createHelp();
  const names = program.commands.map((command) => command.name());
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: command.description(),
    options: optionsOf(command).map(offerOf),
    values: command.name() === 'help' ? names : valuesOf(command),
  }));
}

/** Those of its parts too: which part it is makes no difference to what is offered. */
function optionsOf(command: Command): Option[] {
  const help = command.createHelp();
  const options = [command, ...command.commands].flatMap((part) => help.visibleOptions(part));
  return [...new Map(options.map((option) => [option.flags, option])).values()];
}

function offerOf(option: Option): Offered {
  return {
    flags: [option.long, option.short].filter((flag) => flag !== undefined && flag !== null),
    description: option.description,
    values: option.required || option.optional ? (option.argChoices ?? []) : null,
  };
}

/** What may follow a command's name: one of its parts, or a value that is one of a few. */
function valuesOf({ commands, registeredArguments }: Command): string[] {
  if (commands.length > 0) return commands.map((part) => part.name());
  return registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
}

/** Each option that takes a value, with the commands' names before its spellings, as a pattern of `case`. */
function valueCases(commands: readonly OfferedCommand[], line: (values: readonly string[]) => string) {
  return commands.flatMap(({ name, options }) =>
    options.flatMap(({ flags, values }) => {
      if (values === null) return [];
      return [`${flags.map((flag) => `'${name} ${flag}'`).join(' | ')}) ${line(values)} ;;`];
    }),
  );
}

function bashScript(program: string, commands: readonly OfferedCommand[]): string {
  const cases = commands.map(({ name, options, values }) => {
    const words = [...values, ...options.flatMap(({ flags }) => flags)];
    return `${name}) words='${words.join(' ')}' ;;`;
  });
  return `# Completion of ${program} for bash. Load it with: source <(${program} completion bash)
_${program}() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words='${commands.map(({ name }) => name).join(' ')}'
  else
    case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD - 1]}" in
      ${valueCases(commands, (values) => `words='${values.join(' ')}'`).join('\n      ')}
      *)
        case "\${COMP_WORDS[1]}" in
          ${cases.join('\n          ')}
        esac
        ;;
    esac
  fi
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _${program} ${program}
`;
}

function zshScript(program: string, commands: readonly OfferedCommand[]): string {
  const cases = commands.map(({ name, options, values }) => {
    const described = options.flatMap(({ flags, description }) =>
      flags.map((flag) => `'${quoted(`${flag}:${description}`, "'\\''")}'`),
    );
    const argument = values.length === 0 ? '' : `compadd -- ${values.join(' ')}; `;
    return `(${name}) ${argument}offers=(${described.join(' ')}); _describe -o option offers ;;`;
  });
  const names = commands.map(({ name, description }) => `'${quoted(`${name}:${description}`, "'\\''")}'`);
  return `#compdef ${program}
# Completion of ${program} for zsh. Load it after compinit with: source <(${program} completion zsh)
_${program}() {
  local -a offers
  if (( CURRENT == 2 )); then
    offers=(${names.join(' ')})
    _describe command offers
    return
  fi
  case "$words[2] $words[CURRENT-1]" in
    ${valueCases(commands, (values) => `${values.length === 0 ? ':' : `compadd -- ${values.join(' ')}`}; return`).join('\n    ')}
  esac
  case "$words[2]" in
    ${cases.join('\n    ')}
  esac
}
compdef _${program} ${program}
`;
}

function fishScript(program: string, commands: readonly OfferedCommand[]): string {
  const lines = commands.flatMap(({ name, description, options, values }) => {
    const after = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c ${program} -n __fish_use_subcommand -a ${name} -d '${fishQuoted(description)}'`,
      ...(values.length === 0 ? [] : [`${after} -a '${values.join(' ')}'`]),
      ...options.map((option) => `${after}${fishOption(option)}`),
    ];
  });
  return `# Completion of ${program} for fish. Load it with: ${program} completion fish | source
complete -c ${program} -f
${lines.join('\n')}
`;
}

function fishOption({ flags, description, values }: Offered): string {
  const spellings = flags.map((flag) =>
    flag.startsWith('--') ? ` -l ${flag.slice(2)}` : ` -s ${flag.slice(1)}`,
  );
  const offered = values === null ? '' : values.length === 0 ? ' -x' : ` -x -a '${values.join(' ')}'`;
  return `${spellings.join('')}${offered} -d '${fishQuoted(description)}'`;
}

function quoted(text: string, apostrophe: string): string {
  return text.replaceAll("'", apostrophe);
}

function fishQuoted(text: string): string {
  return quoted(text.replaceAll('\\', '\\\\'), "\\'");
}
