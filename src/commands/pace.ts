import type { Player } from '../replay/player.js';

/** Work in between two looks at the keys and the screen: short enough not to be felt. */
const SLICE_MS = 40;
/** Between two frames while there is more to do at once: drawing is time in which nothing is read. */
const BUSY_FRAME_MS = 250;

/** Gives a player its time: in slices that leave the terminal time to read keys and to draw. */
export class Pace {
  readonly #player: Player;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(player: Player, onChange: () => void) {
    this.#player = player;
    this.#onChange = onChange;
  }

  /** There may be something to do: at the beginning, and after every command. */
  wake(): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => this.#work(), 0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #work(): void {
    const nowMs = performance.now();
    const restMs = this.#player.work(nowMs, () => performance.now() - nowMs >= SLICE_MS);
    if (restMs !== 0 || nowMs - this.#drawnMs >= BUSY_FRAME_MS) {
      this.#drawnMs = nowMs;
      this.#onChange();
    }
    if (restMs !== null && !this.#stopped) this.#timer = setTimeout(() => this.#work(), restMs);
  }
}
