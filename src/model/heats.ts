import { TOP_FILES } from './files-view.js';
import { Heat } from './heat.js';

/** The heat of files by their keys: of as many as are listed, those with most faults. */
export class Heats {
  readonly #heats = new Map<string, Heat>();

  add(key: string, page: number, weight: number, atNs: number): void {
    this.#of(key).add(page, weight, atNs);
  }

  get(key: string): Heat | null {
    return this.#heats.get(key) ?? null;
  }

  #of(key: string): Heat {
    const known = this.#heats.get(key);
    if (known !== undefined) return known;
    this.#makeRoom();
    const heat = new Heat();
    this.#heats.set(key, heat);
    return heat;
  }

  #makeRoom(): void {
    if (this.#heats.size < TOP_FILES) return;
    const least = [...this.#heats].sort(([, a], [, b]) => a.weight - b.weight).slice(0, TOP_FILES / 4);
    for (const [key] of least) this.#heats.delete(key);
  }
}
