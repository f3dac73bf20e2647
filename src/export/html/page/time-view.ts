/** The axis of all charts over time, in the units that their SVG is drawn in. */
export const WHOLE = 10_000;
/** The shortest part that is shown: a five hundredth. */
const SHORTEST = WHOLE / 500;

/** Which part of the session all charts over time show. */
export class TimeView {
  #from = 0;
  #to = WHOLE;
  readonly #onChange: (view: TimeView) => void;

  constructor(onChange: (view: TimeView) => void) {
    this.#onChange = onChange;
  }

  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** Shows `factor` times as much, and keeps the place `around` (by default the middle) where it is. */
  zoom(factor: number, around = (this.#from + this.#to) / 2): void {
    const length = Math.max(SHORTEST, Math.min(WHOLE, this.length * factor));
    const left = (around - this.#from) / this.length;
    this.#show(around - left * length, length);
  }

  /** By a part of what is shown; negative is earlier. */
  pan(part: number): void {
    this.#show(this.#from + part * this.length, this.length);
  }

  reset(): void {
    this.#show(0, WHOLE);
  }

  #show(from: number, length: number): void {
    this.#from = Math.max(0, Math.min(from, WHOLE - length));
    this.#to = this.#from + length;
    this.#onChange(this);
  }
}
