/** A function that does nothing: what any function costs to start. */
export async function handler(): Promise<object> {
  return {};
}
