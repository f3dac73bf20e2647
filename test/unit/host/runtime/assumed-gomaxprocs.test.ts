import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { assumedGomaxprocs } from '../../../../src/host/runtime/assumed-gomaxprocs.js';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** A process with this environment, behind this command. */
async function sleeper(env: NodeJS.ProcessEnv, before: readonly string[] = []): Promise<number> {
  const [file = '', ...argv] = [...before, '/bin/sleep', '600'];
  child = spawn(file, argv, { env });
  await once(child, 'spawn');
  return child.pid ?? -1;
}

const CPUS = Number(execFileSync('nproc', { encoding: 'utf8', env: { PATH: process.env.PATH } }));

describe('the GOMAXPROCS that a program begins with', () => {
  test('is that of its environment', async () => {
    const pid = await sleeper({ GOMAXPROCS: '37', GOMAXPROCSX: '5' });
    expect(assumedGomaxprocs(pid, 'go1.19.8')).toEqual({ value: 37, source: 'GOMAXPROCS in its environment' });
  });

  test.each(['', '0', '-3', 'many', '2.5', '99999999999', ' 4'])(
    'is not, where the environment says %j: then all CPUs that it may run on',
    async (GOMAXPROCS) => {
      const pid = await sleeper({ GOMAXPROCS });
      expect(assumedGomaxprocs(pid, 'go1.19.8')).toEqual({
        value: CPUS,
        source: 'assumed from the CPUs it may run on',
      });
    },
  );

  test('is as many CPUs as it was bound to', async () => {
    const pid = await sleeper({ PATH: process.env.PATH }, ['taskset', '-c', '0']);
    await expect.poll(() => assumedGomaxprocs(pid, 'go1.24.1')?.value).toBe(1);
  });

  test('is not known of nobody', () => {
    expect(assumedGomaxprocs(4_194_305, 'go1.26.0')).toBeNull();
  });
});
