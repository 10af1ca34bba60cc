/** Of a longer name only the beginning is compared. */
const MAX_COMPARED = 40;

/**
 * The known name that was most likely meant: one that shares a word, or is a slip of the pen away. Null where none is near.
 *
 * @example nearestName('estimated_duration', ['reason', 'duration']) // 'duration'
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const words = wordsOf(name.slice(0, MAX_COMPARED));
  const typed = words.join('_');
  const ranked = known
    .map((candidate) => ({ candidate, score: scoreOf(typed, words, candidate) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  return ranked[0]?.candidate ?? null;
}

/** 0 where nothing is alike, 1 where they differ in how they are written only. */
function scoreOf(typed: string, words: readonly string[], candidate: string): number {
  const its = wordsOf(candidate);
  const longest = Math.max(typed.length, candidate.length);
  const alike = 1 - editDistance(typed, candidate) / longest;
  const shared = its.filter((word) => words.some((other) => isSameWord(word, other))).length;
  return Math.max(alike >= 0.7 ? alike : 0, shared / Math.max(its.length, words.length));
}

/** `end` and `ends`, `operation` and `operations` are the same word. */
function isSameWord(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return a === b || (short.length >= 3 && long.startsWith(short) && long.length - short.length <= 2);
}

function wordsOf(name: string): string[] {
  return name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** Levenshtein's: characters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (character === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
