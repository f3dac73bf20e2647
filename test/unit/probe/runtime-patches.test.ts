import { expect, test } from 'vitest';
import { runtimePatches } from '../../../src/probe/runtime-patches.js';
import { loadScript } from '../../../src/probe/script.js';
import { threadsVariants } from '../../../src/probe/variants.js';

const GO = {
  kind: 'go',
  go: {
    gomaxprocsDelta: 0x1703ccn,
    tlsOffset: -8n,
    g: { m: 48, goid: 152, atomicstatus: 144, startpc: 312 },
    m: { g0: 0, curg: 192, p: 208 },
  },
} as const;

test('for a native program the script runs as it stands', () => {
  expect(loadScript('threads', runtimePatches({ kind: 'native' }))).toBe(loadScript('threads', []));
});

test('of a program with one event loop only the main thread counts', () => {
  expect(loadScript('threads', runtimePatches({ kind: 'event-loop' }))).toContain('if ($tid == $1) { $held');
});

test('of a Go program the goroutine is read where its version keeps it, and GOMAXPROCS from its memory', () => {
  const script = loadScript('threads', runtimePatches(GO));
  for (const read of ['fsbase - 8', '$g + 48', '$g + 152', '$g + 144', '$g + 312', '$m + 192', '$m + 208', '1508300']) {
    expect(script).toContain(read);
  }
});

test('where GOMAXPROCS is given or cannot be read, the memory of the target is not asked for it', () => {
  const script = loadScript('threads', runtimePatches({ ...GO, go: { ...GO.go, gomaxprocsDelta: null } }));
  expect(script).not.toContain('start_code');
});

test.each(['x86_64', 'aarch64'])('every variant for %s takes the patches of every runtime', (arch) => {
  const host = { kernel: '6.18.0', arch, cpus: 2, bpftrace: '0.23.2' };
  for (const runtime of [GO, { kind: 'go-unknown' }, { kind: 'event-loop' }] as const) {
    for (const { patches } of threadsVariants(host, runtime, { pages: true })) {
      expect(loadScript('threads', patches)).toContain('interval:ms:100');
    }
  }
});

test('without registers no level is sampled: which waits are page faults cannot be told', () => {
  const host = { kernel: '6.18.0', arch: 'aarch64', cpus: 2, bpftrace: '0.23.2' };
  for (const { patches } of threadsVariants(host, { kind: 'native' }, { pages: true })) {
    expect(loadScript('threads', patches)).toContain('interval:us:1531, interval:us:2473 /0 != 0/');
  }
});
