import { first } from './dom.js';

/** The button that changes between light and dark; until it is pressed the page is as the reader's system is. */
export function themeButton(): void {
  const button = first(document, 'button.theme', HTMLButtonElement);
  if (button === undefined) return;
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (): boolean => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = (): void => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark() ? 'Show the page in light colours' : 'Show the page in dark colours');
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    show();
  });
  system.addEventListener('change', show);
  show();
  button.hidden = false;
}
