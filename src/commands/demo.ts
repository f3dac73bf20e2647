import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ExitCode, FaultscopeError } from '../errors.js';
import { live } from './live.js';
import type { LiveOptions } from './live-options.js';

/** A program without a runtime runs all its threads at once; held against these, it stands still as one with Ps does. */
const READERS = '4';

/** Runs the cold mapping reader, built by scripts/setup or packed by scripts/package, and the main command on it. */
export async function demo(options: LiveOptions): Promise<number> {
  const workload = fileURLToPath(new URL('../../build/workloads/coldmmap', import.meta.url));
  if (!existsSync(workload)) {
    throw new FaultscopeError({
      exitCode: ExitCode.usage,
      message: 'the demo workload is not built',
      hint: 'run scripts/setup in a checkout; the tarball and the .deb have it, the npm package does not',
    });
  }
  return live({ capacity: READERS, ...options }, [workload, '--threads', READERS]);
}
