import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';

/** Memory as a swap device, which answers without sleeping. There is one for all who test here: they take turns. */
export class ZramSwap {
  readonly #lock = spawn('flock', ['/var/tmp/zram.lock', 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });

  async begin(mebibytes: number): Promise<void> {
    await once(this.#lock.stdout, 'data');
    writeFileSync('/sys/block/zram0/reset', '1');
    writeFileSync('/sys/block/zram0/disksize', `${mebibytes}M`);
    execFileSync('mkswap', ['/dev/zram0'], { stdio: 'ignore' });
    // Before what swap the host may have.
    execFileSync('swapon', ['--priority', '32767', '/dev/zram0']);
  }

  async end(): Promise<void> {
    try {
      execFileSync('swapoff', ['/dev/zram0']);
      writeFileSync('/sys/block/zram0/reset', '1');
    } finally {
      const closed = once(this.#lock, 'close');
      this.#lock.stdin.end();
      await closed;
    }
  }
}
