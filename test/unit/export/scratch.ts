import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const isRoot = process.geteuid?.() === 0;
export const NOBODY = 65534;

/** A fresh directory, and what removes it with all that is in and mounted on it. */
export function scratchDirectory(): { readonly path: string; mount(options: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'faultscope-write-'));
  const mounts: string[] = [];
  return {
    path,
    /** Mounts a tmpfs of its own. */
    mount(options) {
      const point = join(path, `mount${mounts.length}`);
      mkdirSync(point);
      const { status, stderr } = mountTmpfs(options, point);
      if (status !== 0) throw new Error(`mount: ${stderr}`);
      mounts.push(point);
      return point;
    },
    remove() {
      for (const point of mounts) spawnSync('umount', ['-l', point]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** True where file systems can be mounted: root, and not in a container that forbids it. */
export function canMount(): boolean {
  if (!isRoot) return false;
  const scratch = scratchDirectory();
  try {
    scratch.mount('size=4k');
    return true;
  } catch {
    return false;
  } finally {
    scratch.remove();
  }
}

/** Does something as another user, as far as the kernel's permission checks go. */
export async function asNobody<T>(act: () => T | Promise<T>): Promise<T> {
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

function mountTmpfs(options: string, point: string) {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'faultscope-test', point], { encoding: 'utf8' });
}
