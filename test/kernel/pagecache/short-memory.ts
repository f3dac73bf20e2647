import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { meminfoBytes } from '../support/meminfo.js';
import { dropPageCache } from '../support/room.js';

const HUGE_PAGES = '/proc/sys/vm/nr_hugepages';
const SCALE = '/proc/sys/vm/watermark_scale_factor';
const MIB = 2 ** 20;
const SCALE_UNITS = 10_000;

/** kswapd begins where less is free (and goes on until twice as much is), */
const LOW_BYTES = 1024 * MIB;
/** and so much more is left: more than kswapd frees, or it would take all that is read. */
const ABOVE_LOW_BYTES = 1536 * MIB;

/** Sets old values again once its stdin ends, which it does however this process ends. */
const RESTORE = 'cat; echo "$1" > "$2"; echo "$3" > "$4"';

/** Has the machine short of memory at once, without filling any: free memory is set aside as huge pages. */
export class ShortMemory {
  readonly #guard: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor() {
    const old = [HUGE_PAGES, SCALE].flatMap((path) => [readFileSync(path, 'utf8').trim(), path]);
    this.#guard = spawn('/bin/sh', ['-c', RESTORE, 'sh', ...old], {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    this.#ended = once(this.#guard, 'close');
    // What is in the page cache now would have to go before what is read later.
    dropPageCache();
    const spare = meminfoBytes('MemFree') - LOW_BYTES - ABOVE_LOW_BYTES;
    const count = Math.floor(Math.max(0, spare) / meminfoBytes('Hugepagesize'));
    writeFileSync(HUGE_PAGES, String(Number(old[0]) + count));
  }

  /** Who reads as much wakes kswapd, which then takes away the oldest half a GiB or more. */
  get bytesThatFill(): number {
    return meminfoBytes('MemFree') + LOW_BYTES / 2;
  }

  /** From now on kswapd keeps memory free: not before, or it would begin with what the test sets up. */
  watch(): void {
    writeFileSync(SCALE, String(Math.ceil((LOW_BYTES / meminfoBytes('MemTotal')) * SCALE_UNITS)));
  }

  async end(): Promise<void> {
    this.#guard.stdin?.end();
    await this.#ended;
  }
}
