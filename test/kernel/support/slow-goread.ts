import { type GoBuild, startGoread } from './go.js';
import { SlowFile } from './slow-file.js';
import type { Workload } from './workload.js';

/** goread on pages that take `delayMs` each, set up and waiting for its line, for as long as `use` takes. */
export async function withSlowGoread<Result>(
  delayMs: number,
  gomaxprocs: number,
  argv: readonly string[],
  use: (workload: Workload) => Promise<Result>,
  build?: GoBuild,
): Promise<Result> {
  const file = await SlowFile.mount(delayMs);
  try {
    const workload = await startGoread(gomaxprocs, ['-file', file.path, ...argv], build);
    try {
      return await use(workload);
    } finally {
      await workload.end();
    }
  } finally {
    await file.end();
  }
}
