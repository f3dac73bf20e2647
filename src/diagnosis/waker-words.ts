import type { WakeView } from '../model/wakers-view.js';

/** "reader-1[12]", "nginx (process 12)", "kworker/0:1 (kernel)", "interrupt": outside strings, unescaped. */
export function wakerText({ waker, wakerId, wakerName }: WakeView): string {
  switch (waker) {
    case 'thread':
      return wakerName === null ? `thread ${wakerId}` : `${wakerName}[${wakerId}]`;
    case 'process':
      return wakerName === null ? `process ${wakerId}` : `${wakerName} (process ${wakerId})`;
    case 'kernel':
      return wakerName === null ? `kernel thread ${wakerId}` : `${wakerName} (kernel)`;
    case 'interrupt':
      return 'interrupt';
    case 'unseen':
      return '-';
  }
}
