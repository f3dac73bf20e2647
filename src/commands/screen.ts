import { diagnose } from '../diagnosis/diagnose.js';
import { renderJson } from '../export/render-json.js';
import { summaryOf } from '../export/summary.js';
import { writeNewFile } from '../export/write-file.js';
import type { Snapshot } from '../model/snapshot.js';
import type { LiveView, ReplayControls, ViewActions } from '../tui/app.js';
import type { Display } from './display.js';
import { stampedName } from './stamped-name.js';

/** What else there is to be done on the screen: probe sets to be switched and a recording to be made, or a replay to be steered. */
interface ScreenControls extends Pick<ViewActions, 'toggle' | 'recording'> {
  readonly replay?: ReplayControls;
}

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

  static async open(
    snapshot: () => Snapshot,
    force: boolean,
    { replay, ...controls }: ScreenControls,
  ): Promise<Screen> {
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
      actions: { exportSummary: () => exportSummary(snapshot(), force), quit, ...controls },
      replay,
      env: process.env,
    });
    return new Screen(view, listeners, quitAsked);
  }

  update(): void {
    for (const listener of this.#listeners) listener();
  }

  say(message: string): void {
    this.#view.say(message);
  }

  close(): void {
    this.#view.destroy();
  }
}

/** Into the current directory, under a name that says what and when; returns the path. */
async function exportSummary(snapshot: Snapshot, force: boolean): Promise<string> {
  const path = stampedName(snapshot.target.pid, 'json');
  await writeNewFile(path, [renderJson(summaryOf(snapshot, diagnose(snapshot)))], { force });
  return path;
}
