import { applyMode, disableMotion, Mode } from '@cloudscape-design/global-styles';

/** Light or dark, and moving or still, as the person has told their system; also when they change their mind. */
export function followSystemMode(): void {
  follow('(prefers-color-scheme: dark)', (isDark) => applyMode(isDark ? Mode.Dark : Mode.Light));
  follow('(prefers-reduced-motion: reduce)', disableMotion);
}

function follow(query: string, apply: (matches: boolean) => void): void {
  const media = window.matchMedia(query);
  apply(media.matches);
  media.addEventListener('change', ({ matches }) => apply(matches));
}
