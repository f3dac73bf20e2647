import { isDeepStrictEqual } from 'node:util';
import { ProcessFinder } from '../host/process-finder.js';
import type { Family } from '../metrics/family.js';
import { mergeFamilies } from '../metrics/merge.js';
import type { TargetConfig } from './config.js';
import { type Means, Target, type TargetStatus } from './target.js';

/** How often /proc is looked through for processes that have come. */
const SCAN_MS = 2_000;

/** All targets of the agent. */
export class Fleet {
  readonly #means: Means;
  readonly #finder = new ProcessFinder();
  #targets: readonly Target[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(means: Means) {
    this.#means = means;
  }

  /**
   * From now on these are the targets. One that is as it was goes on undisturbed; resolves when those that are no more are
   * over.
   */
  async become(configs: readonly TargetConfig[]): Promise<void> {
    const before = this.#targets;
    const kept = (config: TargetConfig) => before.find((target) => isDeepStrictEqual(target.config, config));
    this.#targets = configs.map((config) => kept(config) ?? new Target(config, this.#means));
    const over = before.filter((target) => !this.#targets.includes(target));
    // Its place in the kernel is free before another takes it up.
    await Promise.all(over.map((target) => target.close()));
    this.#scan();
  }

  get status(): readonly TargetStatus[] {
    return this.#targets.map(({ status }) => status);
  }

  families(): Family[] {
    return mergeFamilies(this.#targets.flatMap((target) => target.families()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#targets.map((target) => target.close()));
  }

  #scan(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#finder.scan();
    for (const target of this.#targets) target.review(this.#finder);
    this.#timer = setTimeout(() => this.#scan(), SCAN_MS);
  }
}
