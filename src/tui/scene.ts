import type { Diagnosis } from '../diagnosis/finding.js';
import type { Snapshot } from '../model/snapshot.js';
import type { ReplayStatus } from '../replay/player.js';
import type { Mode } from './actions.js';
import type { Glyphs } from './glyphs.js';
import type { ViewState } from './state.js';
import type { Line } from './styled.js';
import type { OrderedThreads } from './thread-order.js';

/** All a panel draws from. */
export interface Scene {
  readonly snapshot: Snapshot;
  /** What it means; worked out once for all panels. */
  readonly diagnosis: Diagnosis;
  readonly view: ViewState;
  readonly glyphs: Glyphs;
  /** The filtered and sorted threads. */
  readonly ordered: OrderedThreads;
  /** Size of the recording under way; null where there is none. */
  readonly recordedBytes: number | null;
  /** Where the replay is; null where the session goes on. */
  readonly replay: ReplayStatus | null;
}

export function modeOf({ replay }: Pick<Scene, 'replay'>): Mode {
  return replay === null ? 'live' : 'replay';
}

/** Draws one panel: at most `height` lines, meant for `width` columns. Pure. */
export type Panel = (scene: Scene, width: number, height: number) => readonly Line[];
