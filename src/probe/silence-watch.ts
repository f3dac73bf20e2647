const LOOK_MS = 10_000;
/** As many looks in a row without a word: one alone may come after we were stopped ourselves, before what waits is read. */
const LEAST_LOOKS = 3;

/** Notices that something which should tell us something now and then has fallen silent. */
export class SilenceWatch {
  readonly #timer: NodeJS.Timeout;
  #heard = true;
  #silentLooks = 0;

  /** `tellsEveryMs`: how long it may be silent at most while all is well. */
  constructor(tellsEveryMs: number, silent: (forMs: number) => void) {
    const looks = Math.max(LEAST_LOOKS, Math.ceil((1.5 * tellsEveryMs) / LOOK_MS));
    this.#timer = setInterval(() => {
      this.#silentLooks = this.#heard ? 0 : this.#silentLooks + 1;
      this.#heard = false;
      if (this.#silentLooks < looks) return;
      this.end();
      silent(looks * LOOK_MS);
    }, LOOK_MS).unref();
  }

  /** It told something. */
  heard(): void {
    this.#heard = true;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
