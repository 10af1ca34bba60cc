/** One line of the guide to troubleshooting. Each part is one sentence in Markdown, for the page that lists them. */
export interface Row {
  /** What is broken on purpose. */
  readonly fault: string;
  /** The command that finds it, and what it says. */
  readonly finding: string;
  /** What mends it. */
  readonly cure: string;
}

/** A section of the guide, with its rows by the names of their tests. */
export interface Section<Name extends string = string> {
  readonly title: string;
  readonly rows: Readonly<Record<Name, Row>>;
}

export function section<Name extends string>(title: string, rows: Record<Name, Row>): Section<Name> {
  return { title, rows };
}

/** A test file, and the sections of the guide that it proves. */
export interface Proven {
  /** Its name in `test/e2e/troubleshooting`, without `.test.ts`. */
  readonly file: string;
  readonly sections: readonly Section[];
}

const INTRODUCTION = `# How the troubleshooting guide is tested

Every row of [troubleshooting.md](troubleshooting.md) is provoked in the [local cloud](local-cloud.md): a test named after
it breaks something, shows that the command finds it, and that the remedy mends it. This page is made of what the tests
declare: \`npx node test/support/write-troubleshooting-page.ts\` writes it, and a test compares.
`;

/** The page that lists every row with its test, in Markdown. */
export function troubleshootingPage(proven: readonly Proven[]): string {
  const parts = proven.flatMap(({ file, sections }) => sections.map((section) => part(section, file)));
  return `${INTRODUCTION}\n${parts.join('\n')}`;
}

function part({ title, rows }: Section, file: string): string {
  const lines = Object.entries<Row>(rows).map(
    ([name, { fault, finding, cure }]) => `| ${name} | ${fault} | ${finding} | ${cure} |`,
  );
  return `## ${title}

In [${file}.test.ts](../test/e2e/troubleshooting/${file}.test.ts).

| row and test | fault | finding | cure |
|---|---|---|---|
${lines.join('\n')}
`;
}
