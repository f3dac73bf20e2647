import { expect, test } from 'vitest';
import { targetName } from '../../../src/text/target-name.js';

test('a process is called by its name and PID, one in a container by both its PIDs', () => {
  expect(targetName({ comm: 'postgres', pid: 1234 })).toBe('postgres[1234]');
  expect(targetName({ comm: 'postgres', pid: 1234, pidInNamespace: 7 })).toBe('postgres[1234, 7 inside]');
});
