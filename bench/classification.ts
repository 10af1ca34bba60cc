import { Bench } from 'tinybench';
import { createClassifier } from '../core/decision/classify.ts';
import type { Rule } from '../core/decision/rule.ts';
import { microseconds, type Section } from './support/report.ts';

const WORDS = [
  'users',
  'images',
  'captions',
  'jobs',
  'reviews',
  'platforms',
  'batches',
  'settings',
  'tokens',
  'tags',
];

/** Rules of every form, spread evenly, none the same as another. */
function rules(count: number): Rule[] {
  return Array.from({ length: count }, (_, n) => {
    const word = WORDS[n % WORDS.length];
    const path = [`/api/v${n}/${word}`, `/api/v${n}/{id}/${word}`, `/api/v${n}/${word}/{path+}`][
      n % 3
    ] as string;
    return { method: n % 2 === 0 ? 'ANY' : 'POST', path, operation: `operation_${n % 7}` };
  });
}

function regularExpressions(from: readonly Rule[]): [RegExp, string][] {
  return from.map(({ path, operation }) => [
    new RegExp(`^${path.replace(/\{\w+\+\}/, '.+').replace(/\{\w+\}/, '[^/]+')}$`, 'i'),
    operation,
  ]);
}

/** How the time of one classification grows with the number of rules, beside a list of regular expressions. */
export async function benchClassification(progress: (line: string) => void): Promise<Section> {
  const rows: string[][] = [];
  for (const count of [60, 600, 6000]) {
    const set = rules(count);
    const classify = createClassifier([set]);
    const list = regularExpressions(set);
    const paths = set.map(({ path }) => path.replace(/\{\w+\+\}/, 'a/b/c').replace(/\{\w+\}/, '42'));
    let n = 0;
    const bench = new Bench({ time: 700 });
    bench.add('matcher', () => {
      n = (n + 1) % paths.length;
      classify('POST', paths[n] as string);
    });
    bench.add('regular expressions', () => {
      n = (n + 1) % paths.length;
      const path = paths[n] as string;
      list.find(([pattern]) => pattern.test(path));
    });
    const [matcher, expressions] = (await bench.run()).map(({ result }) =>
      result.state === 'completed' ? result.latency.mean * 1000 : Number.NaN,
    ) as [number, number];
    progress(`  ${count} rules: ${microseconds(matcher)}, regular expressions ${microseconds(expressions)}`);
    rows.push([
      String(count),
      microseconds(matcher),
      microseconds(expressions),
      `${(expressions / matcher).toFixed(0)} ×`,
    ]);
  }
  return {
    title: 'Classification',
    method:
      'One request classified, canonical path included, beside a list of regular expressions tried in turn; mean.',
    columns: ['rules', 'ours', 'regular expressions', 'ratio'],
    rows,
  };
}
