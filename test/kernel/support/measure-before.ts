import { beforeEach } from 'vitest';

/**
 * Measures once for all tests of the file or the `describe` that it stands in, as beforeAll would; but a test that is tried
 * again looks at a new measurement, not at the one that it has failed with.
 */
export function measureBefore(measure: () => Promise<void>): void {
  let measured = false;
  beforeEach(async ({ task }) => {
    const again = (task.result?.retryCount ?? 0) > 0;
    if (measured && !again) return;
    await measure();
    measured = true;
  });
}
