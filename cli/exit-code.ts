/** What the command's exit status tells a script. */
export const EXIT = {
  ok: 0,
  /** The call failed or was refused, or its answer made no sense. */
  failed: 1,
  /** The command line can't be carried out as it is; nothing was changed. */
  usage: 2,
  notSignedIn: 3,
  /** Nobody answered, so it is not known whether the call was carried out. */
  unreachable: 4,
  /** Interrupted by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
