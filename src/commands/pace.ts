import type { Player } from '../replay/player.js';

/** Work in between two looks at the keys and the screen: short enough not to be felt. */
const SLICE_MS = 40;

/** Gives a player its time: in slices that leave the terminal time to read keys and to draw. */
export class Pace {
  readonly #player: Player;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
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
    this.#onChange();
    if (restMs !== null && !this.#stopped) this.#timer = setTimeout(() => this.#work(), restMs);
  }
}
