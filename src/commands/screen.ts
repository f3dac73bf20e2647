import { diagnose } from '../diagnosis/diagnose.js';
import { renderJson } from '../export/render-json.js';
import { summaryOf } from '../export/summary.js';
import { writeNewFile } from '../export/write-file.js';
import type { Snapshot } from '../model/snapshot.js';
import type { SwitchableSet } from '../record/record.js';
import type { LiveView } from '../tui/app.js';
import type { Display } from './live.js';

/** The full-screen view. Loaded only when it is shown: it is most of the start-up time. */
export class Screen implements Display {
  readonly quit: Promise<void>;
  readonly #listeners: Set<() => void>;
  readonly #view: LiveView;

  private constructor(view: LiveView, listeners: Set<() => void>, quit: Promise<void>) {
    this.#view = view;
    this.#listeners = listeners;
    this.quit = quit;
  }

  static async open(snapshot: () => Snapshot, force: boolean, toggle: (set: SwitchableSet) => void): Promise<Screen> {
    const { openLiveView } = await import('../tui/app.js');
    const listeners = new Set<() => void>();
    let quit = (): void => {};
    const quitAsked = new Promise<void>((resolve) => {
      quit = resolve;
    });
    const view = openLiveView({
      source: {
        snapshot,
        onChange: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      diagnose,
      actions: { exportSummary: () => exportSummary(snapshot(), force), quit, toggle },
      env: process.env,
    });
    return new Screen(view, listeners, quitAsked);
  }

  update(): void {
    for (const listener of this.#listeners) listener();
  }

  close(): void {
    this.#view.destroy();
  }
}

/** Into the current directory, under a name that says what and when; returns the path. */
async function exportSummary(snapshot: Snapshot, force: boolean): Promise<string> {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-').slice(0, 19);
  const path = `faultscope-${snapshot.target.pid}-${stamp}.json`;
  await writeNewFile(path, [renderJson(summaryOf(snapshot, diagnose(snapshot)))], { force });
  return path;
}
