/** Shortest time between two frames, milliseconds: ten a second, keys included. */
const FRAME_MS = 100;

/** Lets `draw` run at most ten times a second: at once after a rest, else when the time has come. */
export class FrameTimer {
  readonly #draw: () => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Asks for a frame; several requests within one frame's time become one. */
  request(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    const waitMs = Math.max(0, this.#lastMs + FRAME_MS - performance.now());
    this.#timer = setTimeout(() => this.#frame(), waitMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #frame(): void {
    this.#timer = undefined;
    this.#lastMs = performance.now();
    this.#draw();
  }
}
