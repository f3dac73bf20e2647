import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monotonicNs } from '../../../src/host/clock.js';
import { readMappings } from '../../../src/host/mappings.js';
import { fileSystemsOf } from '../../../src/session/file-systems.js';
import { residencyReader } from '../../../src/session/residency-watch.js';
import { type Collected, collectStacks } from '../stacks/collected.js';
import { newestBpftrace } from '../support/bpftraces.js';
import { Container } from '../support/container.js';
import { Faultscope, faultscope } from '../support/faultscope.js';
import { ANY_GO, goWorkload } from '../support/go.js';
import { REPOSITORY, workloadPath } from '../support/repository.js';
import { numberOf } from '../support/workload.js';

const KNOWN = 101;
/** Seven goroutines: three of alpha, two of beta with twice as many, two of the server with three times as many. */
const TOUCHES = { 'main.alpha': 3 * KNOWN, 'main.beta': 4 * KNOWN, 'main.(*Server).handle': 6 * KNOWN };

function startGoread(): Promise<Container> {
  const settings = ['env', 'GOMAXPROCS=2', 'GODEBUG=asyncpreemptoff=1'];
  const goread = workloadPath(goWorkload('goread', ANY_GO));
  return Container.start([...settings, goread, '-hold', '-file', '/srv/cold', '-known', `${KNOWN}`]);
}

test.each(newestBpftrace())(
  'with the bpftrace of $release, a Go program in a container is told as one outside',
  async (bpftrace) => {
    const container = await startGoread();
    try {
      const { pid, ownPid, firstPid, workload } = container;
      const named = ['--pid', `${ownPid}`, '--in', `${firstPid}`];
      const run = new Faultscope([...named, '--stacks', '--interval', '300ms', '--bpftrace', bpftrace.path]);
      await run.attached(pid, 2);
      workload.go();
      await workload.events('goroutine', 7);
      const { target, quality, files, goroutines, stacks } = await run.finish();
      expect(target).toMatchObject({ pid, pidInNamespace: ownPid, comm: 'goread' });
      expect(ownPid).not.toBe(pid);
      expect(target.runtime).toMatchObject({
        kind: 'go',
        capacity: 2,
        capacitySource: 'GOMAXPROCS, read from the process',
      });
      expect(quality.coverage.fraction).toBe(1);
      const cold = files.find(({ path }) => path === '/srv/cold');
      const found = new Map(goroutines?.functions.map(({ start, majorFaults }) => [start, majorFaults]));
      for (const [start, touches] of Object.entries(TOUCHES)) expect(found.get(start), start).toBe(touches);
      expect(cold?.majorFaults).toBe(13 * KNOWN);
      expect(cold?.sizeBytes).toBe(64 * 2 ** 20);
      expect(JSON.stringify(stacks?.faults)).toContain('main.(*Server).handle');
    } finally {
      await container.end();
    }
  },
);

describe('compiled JavaScript', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync('/var/tmp/faultscope-inside-');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('is named from the perf map in the /tmp of the container, under the PID inside', async () => {
    const source = join(REPOSITORY, 'test/kernel/stacks');
    const shim = join(directory, 'coldalloc.so');
    execFileSync('cc', ['-O1', '-D_GNU_SOURCE', '-shared', '-fPIC', '-o', shim, join(source, 'coldalloc.c'), '-ldl']);
    const settings = ['env', 'COLD_FILE=/srv/cold', `LD_PRELOAD=${shim}`];
    const options = ['--perf-basic-prof', '--no-logfile-per-isolate', '--logfile=/tmp/v8.log'];
    const container = await Container.start([...settings, process.execPath, ...options, join(source, 'cold.js')]);
    try {
      const { workload, coldFile } = container;
      const collected: Collected = await collectStacks(container, newestBpftrace()[0]?.path ?? '', async () => {
        execFileSync('dd', [`if=${coldFile}`, 'iflag=nocache', 'count=0', 'status=none']);
        workload.go();
        await workload.events('result', 1);
      });
      const [result] = workload.said('result');
      expect(collected.total('fault').count).toBe(result && numberOf(result, 'majflt'));
      const named = collected
        .stacks('fault')
        .filter(({ user }) => collected.names(user).some((name) => /^JS:.*serveRequest .*cold\.js/.test(name)));
      expect(named.reduce((sum, { count }) => sum + count, 0)).toBe(400);
    } finally {
      await container.end();
    }
  });
});

describe('a program in a container', () => {
  let container: Container;
  beforeAll(async () => {
    container = await startGoread();
  });
  afterAll(() => container.end());

  const said = async (...args: string[]) => {
    const { exitCode, stderr } = await faultscope([...args, '--duration', '300ms']);
    return `${exitCode} ${stderr.trim()}`;
  };

  test('is found by its name among those of the container only', async () => {
    const { pid, ownPid, firstPid } = container;
    const outside = await startGoread();
    try {
      expect(await said('--name', 'goread')).toMatch(/^2 .*[2-9] processes are called "goread"/);
      const { summary } = await faultscope(['--name', 'goread', '--in', `${firstPid}`, '--duration', '300ms']);
      expect(summary?.target).toMatchObject({ pid, pidInNamespace: ownPid });
    } finally {
      await outside.end();
    }
  });

  test('has its files measured as they are', async () => {
    const { pid } = container;
    const read = residencyReader(pid, fileSystemsOf(pid, monotonicNs), process.env.PATH);
    const mapping = readMappings(`/proc/${pid}/maps`).find(({ path }) => path === '/srv/cold');
    expect(mapping && (await read?.([mapping], 10_000))).toMatchObject([{ sizeBytes: 64n << 20n }]);
  });

  test('that is not there is said in one line that lists what is', async () => {
    const { pid, ownPid } = container;
    expect(await said('--pid', '4000000', '--in', `${pid}`)).toBe(
      `4 faultscope: no process 4000000 in the PID namespace of process ${pid} (goread): its processes there: 1 (sh); ${ownPid} (goread)`,
    );
    expect(await said('--name', 'nobody', '--in', `${pid}`)).toMatch(
      /^4 .*no process of that container is called "nobody"/,
    );
  });

  test('is not looked for where --in names no container', async () => {
    expect(await said('--pid', '1', '--in', `${process.pid}`)).toMatch(
      /^2 .*\(node\) is in the host's own PID namespace/,
    );
    expect(await said('--pid', '1', '--in', '4194303')).toMatch(/^4 .*no process 4194303, which --in names/);
    expect(await said('--pid', '1', '--in', 'x')).toMatch(/^2 .*--in x is not a process number/);
    expect(await said('--in', `${container.pid}`)).toMatch(/^2 .*neither is given/);
  });
});
