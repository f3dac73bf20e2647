import { cpus, release } from 'node:os';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { Trace } from '../../../src/model/trace.js';
import { Session } from '../../../src/session/session.js';
import { faultscope } from '../support/faultscope.js';
import { fakeBpftrace } from '../support/repository.js';
import { until } from '../support/until.js';
import { startWorkload, Workload } from '../support/workload.js';

let server: Workload;
beforeEach(async () => {
  server = await startWorkload('answers', ['--delay', '0.002']);
});
afterEach(() => server.end());

/** Asks the server over one connection, from a process of its own. */
async function ask(times: number): Promise<void> {
  const [listening] = await server.events('listening', 1);
  const script = `
    const agent = new (require('node:http').Agent)({ keepAlive: true });
    const ask = (left) => left === 0 ? process.exit() :
      require('node:http').get({ host: '127.0.0.1', port: ${listening?.port}, agent }, (answer) =>
        answer.resume().once('end', () => ask(left - 1)));
    ask(${times});`;
  await new Workload(process.execPath, ['-e', script]).results();
}

test('it is started and stopped while the session runs; what it counted stays', async () => {
  let trace: Trace | undefined;
  let starts = 0;
  const snapshot = (): Snapshot => {
    if (trace === undefined) throw new Error('nothing yet');
    return trace.snapshot();
  };
  const session = new Session({
    toolVersion: 'test',
    host: { kernel: release(), arch: 'x86_64', cpus: cpus().length, bpftrace: '0.17.0' },
    target: { pid: server.pid, comm: 'answers', exe: null, launched: false },
    bpftrace: '/usr/bin/bpftrace',
    intervalMs: 200,
    exact: 'auto',
    sets: [],
    capacity: null,
    budget: null,
    threads: 2,
    emit: (record) => {
      if (record.kind === 'session') trace = new Trace(record);
      if (record.kind === 'probe' && record.set === 'requests' && record.state === 'starting') starts += 1;
      trace?.apply(record);
    },
  });
  const status = () => snapshot().probes.find(({ set }) => set === 'requests');
  /** Where somebody begins to listen while it starts, it starts again. */
  const runs = async (): Promise<void> => {
    for (let since = -1; since !== starts; await later(1000)) {
      since = starts;
      await until('the set to run', () => {
        if (status()?.state === 'failed') throw new Error(status()?.detail ?? 'failed');
        return status()?.state === 'running';
      });
    }
  };
  const counted = (count: number) => until(`${count} requests`, () => snapshot().requests?.count === count);
  try {
    await session.start();
    expect(status()).toMatchObject({ state: 'stopped', detail: 'not asked for (--requests)' });
    await ask(5);
    expect(snapshot().requests).toBeNull();

    session.toggle('requests');
    await runs();
    await ask(20);
    await counted(20);

    session.toggle('requests');
    await until('the reason', () => status()?.detail === 'switched off');
    await ask(5);

    session.toggle('requests');
    await runs();
    await ask(30);
    await counted(50);
  } finally {
    await session.stop('quit');
  }
  expect(snapshot().requests?.count).toBe(50);
});

test('a kernel without its tracepoints: it fails alone, in plain words, and the rest goes on', async () => {
  const { exitCode, summary, stderr } = await faultscope([
    ...['--pid', String(server.pid), '--requests', '--duration', '1s'],
    ...['--bpftrace', fakeBpftrace('lacks-sock-tracepoints')],
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringMatching(/requests/) });
  expect(summary?.requests).toBeUndefined();
  expect(summary?.quality.probes).toContainEqual({
    set: 'requests',
    state: 'failed',
    variant: null,
    detail: 'this kernel has no sock:sock_recv_length and sock:sock_send_length (Linux 6.3 and later)',
  });
  expect(summary?.quality.notes.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^probe set requests failed: this kernel has no sock:sock_recv_length/),
  );
  expect(summary?.threads.length).toBeGreaterThan(0);
});
