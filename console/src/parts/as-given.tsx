/** A text that somebody has written, as they wrote it: never as markup, with its line breaks. */
export function AsGiven({ children }: { readonly children: string }) {
  return <span className="as-given">{children}</span>;
}
