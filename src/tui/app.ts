import type { Diagnosis } from '../diagnosis/finding.js';
import { FaultscopeError } from '../errors.js';
import type { Snapshot } from '../model/snapshot.js';
import type { SwitchableSet } from '../record/record.js';
import type { ReplayCommand, ReplayStatus } from '../replay/player.js';
import { type ActionId, actionFor, isReplayCommand, type Mode, SWITCHES } from './actions.js';
import { type Glyphs, UNICODE_GLYPHS } from './glyphs.js';
import { probeStatus } from './probe-status.js';
import type { Scene } from './scene.js';
import { composeScreen, surroundings } from './screens.js';
import { act, INITIAL_VIEW, typeFilter, type ViewState } from './state.js';
import { ThreadOrder } from './thread-order.js';
import { type KeyPress, openTerminal, type Placed } from './widgets.js';

/** Where the view gets what it shows: live, paused or replayed makes no difference to it. */
export interface ViewSource {
  snapshot(): Snapshot;
  /** Calls `listener` whenever `snapshot()` would give something new; returns how to stop that. */
  onChange(listener: () => void): () => void;
}

export interface ViewActions {
  /** Writes the summary and returns the path; what it throws is shown. */
  exportSummary(): Promise<string>;
  /** The reader wants to leave. The view stays until `destroy()`. */
  quit(): void;
  /** Starts or stops a probe set; absent in a replay. */
  readonly toggle?: ((set: SwitchableSet) => void) | undefined;
  /** Records the session; absent in a replay. */
  readonly recording?: RecordingControls | undefined;
}

export interface RecordingControls {
  /** Begins or ends a recording and returns what has come of it; what it throws is shown. */
  toggle(): Promise<string>;
  /** Size of the recording; null where there is none. */
  bytes(): number | null;
}

/** What there is to be told and asked of a replay. */
export interface ReplayControls {
  readonly status: ReplayStatus;
  /** Returns what is to be said where it cannot. */
  command(command: ReplayCommand): string | null;
}

export interface ViewOptions {
  readonly source: ViewSource;
  /** What a snapshot means: asked once for each one that is drawn. */
  readonly diagnose: (snapshot: Snapshot) => Diagnosis;
  readonly actions: ViewActions;
  /** There where a recorded session is shown. */
  readonly replay?: ReplayControls | undefined;
  /** Default: the process's own. */
  readonly input?: NodeJS.ReadableStream;
  readonly output?: NodeJS.WritableStream;
  /** TERM, the locale and NO_COLOR are read from here. */
  readonly env: NodeJS.ProcessEnv;
}

export interface LiveView {
  /** Shows a line until the next key. */
  say(message: string): void;
  /** Restores the terminal; may be called more than once, also from signal and crash handlers, which stay the caller's. */
  destroy(): void;
}

/**
 * Shows the live screen until destroyed; Ctrl-C arrives as a key, because the terminal is raw, and calls `quit`.
 * @throws FaultscopeError (usage) on a terminal that cannot show a screen
 */
export function openLiveView(options: ViewOptions): LiveView {
  return new LiveScreen(options);
}

/** A snapshot with its meaning. */
type Seen = Pick<Scene, 'snapshot' | 'diagnosis'>;

class LiveScreen implements LiveView {
  readonly #options: ViewOptions;
  readonly #order = new ThreadOrder();
  readonly #terminal;
  readonly #unsubscribe: () => void;
  #state: ViewState = INITIAL_VIEW;
  #seen: Seen | null = null;
  #drawn = { width: 0, height: 0, glyphs: UNICODE_GLYPHS };

  constructor(options: ViewOptions) {
    this.#options = options;
    const { input, output, env } = options;
    this.#terminal = openTerminal({
      input,
      output,
      env,
      frame: (width, height, glyphs) => this.#frame(width, height, glyphs),
      onKey: (key) => this.#onKey(key),
    });
    this.#unsubscribe = options.source.onChange(() => {
      if (this.#state.paused === null) this.#terminal.request();
    });
  }

  say(message: string): void {
    this.#show({ ...this.#state, message });
  }

  destroy(): void {
    this.#unsubscribe();
    this.#terminal.destroy();
  }

  #frame(width: number, height: number, glyphs: Glyphs): readonly Placed[] {
    this.#drawn = { width, height, glyphs };
    return composeScreen(this.#scene(this.#look(), glyphs), width, height);
  }

  /** What the source has now, or what the view is frozen on. */
  #look(): Seen {
    const snapshot = this.#state.paused ?? this.#options.source.snapshot();
    if (this.#seen?.snapshot === snapshot) return this.#seen;
    this.#seen = { snapshot, diagnosis: this.#options.diagnose(snapshot) };
    return this.#seen;
  }

  #scene(seen: Seen, glyphs: Glyphs): Scene {
    const ordered = this.#order.of(seen.snapshot, this.#state.query);
    const { actions, replay } = this.#options;
    const recordedBytes = actions.recording?.bytes() ?? null;
    return { ...seen, view: this.#state, glyphs, ordered, recordedBytes, replay: replay?.status ?? null };
  }

  #onKey(key: KeyPress): void {
    if (this.#state.filterBefore !== null && key.name !== 'C-c') {
      this.#show(typeFilter(this.#state, key));
      return;
    }
    const action = actionFor(key.name, this.#mode);
    if (action !== undefined) this.#do(action);
  }

  get #mode(): Mode {
    return this.#options.replay === undefined ? 'live' : 'replay';
  }

  #do(action: ActionId): void {
    const { width, height, glyphs } = this.#drawn;
    // A key means what the reader sees: the snapshot of the last frame.
    const scene = this.#scene(this.#seen ?? this.#look(), glyphs);
    const message = isReplayCommand(action) ? (this.#options.replay?.command(action) ?? null) : null;
    this.#show({ ...act(this.#state, action, surroundings(scene, width, height)), message });
    if (action === 'quit') this.#options.actions.quit();
    else if (action === 'export') void this.#export();
    else if (action === 'record') void this.#record();
    const set = SWITCHES[action];
    if (set !== undefined) this.#toggle(set);
  }

  #toggle(set: SwitchableSet): void {
    const { actions, source } = this.#options;
    if (actions.toggle === undefined) return;
    // The screen it was asked from may show nothing of it.
    const { state } = probeStatus(source.snapshot(), set);
    actions.toggle(set);
    this.say(`${state === 'running' || state === 'starting' ? 'ending' : 'starting'} the probe set ${set}`);
  }

  async #record(): Promise<void> {
    const { recording } = this.#options.actions;
    if (recording === undefined) return this.say('nothing can be recorded here');
    try {
      this.say(await recording.toggle());
    } catch (error) {
      this.say(`not recorded: ${error instanceof FaultscopeError ? error.line : String(error)}`);
    }
  }

  async #export(): Promise<void> {
    this.say('writing the summary');
    try {
      this.say(`summary written to ${await this.#options.actions.exportSummary()}`);
    } catch (error) {
      this.say(`not written: ${error instanceof FaultscopeError ? error.line : String(error)}`);
    }
  }

  #show(state: ViewState): void {
    this.#state = state;
    this.#terminal.request();
  }
}
