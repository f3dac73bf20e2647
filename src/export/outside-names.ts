import type { FrameView } from '../model/stacks-view.js';
import { UNKNOWN_FRAME } from '../model/stacks-view.js';
import { safeText } from '../text/safe.js';

/** "worker [4712]": the name of a thread as other programs may show it. */
export function threadLabel(tid: number, name: string | null): string {
  return `${safeText(name ?? '-')} [${tid}]`;
}

/** The name of a frame as other programs may show it; never empty. */
export function frameLabel({ label, kernel }: FrameView): string {
  const name = safeText(label) || UNKNOWN_FRAME;
  return kernel ? `${name}_[k]` : name;
}
