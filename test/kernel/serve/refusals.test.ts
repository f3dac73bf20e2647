import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPOSITORY } from '../support/repository.js';

function serve(...args: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [join(REPOSITORY, 'dist/cli.js'), 'serve', ...args], { encoding: 'utf8' });
}

describe('serve refuses in one line', () => {
  test.each([
    [[], 2, 'no target: give --pid, --name, --cgroup or --unit, or a --config'],
    [['--name', 'x', '--listen', '0.0.0.0:9435'], 2, '0.0.0.0 can be reached by others, and TLS is not set up'],
    [['--name', 'x', '--export', 'f.json'], 2, 'serve has no --export'],
    [['--name', 'x', '--listen', 'nonsense'], 2, '--listen: nonsense is not an address'],
    [['--config', '/nowhere.json'], 2, '/nowhere.json cannot be read'],
    [['--config', '/nowhere.json', '--name', 'x'], 2, '--name together with --config'],
    [['--name', 'x', '--', 'sleep', '1'], 2, 'serve starts no command'],
    [['--pid', '4194303'], 4, 'no process 4194303'],
  ])('%j', (args, status, says) => {
    const outcome = serve(...args);
    expect(outcome.stderr).toMatch(/^faultscope: [^\n]+\n$/);
    expect(outcome.stderr).toContain(says);
    expect(outcome.status).toBe(status);
  });
});
