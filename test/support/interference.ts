/** What may befall a request to a store on its way: it arrives or not, its answer comes back or not. */
export type Fate = 'pass' | 'lose_request' | 'lose_answer';

/** Decides the fate of each request. */
export type Interference = (operation: 'read' | 'write') => Fate;

export const NO_INTERFERENCE: Interference = () => 'pass';

/** The first writes meet these fates, one each; everything else passes. */
export function writesMeet(...fates: readonly Fate[]): Interference {
  const left = [...fates];
  return (operation) => (operation === 'write' ? left.shift() : undefined) ?? 'pass';
}
