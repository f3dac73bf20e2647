import { expect, test } from 'vitest';
import type { KernelRuntime } from '../../../src/probe/runtime-patches.js';
import { loadScript } from '../../../src/probe/script.js';
import { wakersVariants } from '../../../src/probe/wakers-variants.js';
import type { HostFacts } from '../../../src/record/record.js';

const HOST: HostFacts = { kernel: '6.18.44', arch: 'x86_64', cpus: 2, bpftrace: '0.23.2' };
const NATIVE: KernelRuntime = { kind: 'native' };
const OFFSETS = new Map([
  ['runqueues', 178_752],
  ['__preempt_count', 86_064],
]);

test.each(['x86_64', 'aarch64', 'riscv64'])('on %s every variant applies to the script, no two the same', (arch) => {
  const variants = wakersVariants({ ...HOST, arch }, NATIVE, OFFSETS);
  const scripts = variants.map(({ patches }) => loadScript('wakers', patches));
  expect(new Set(scripts).size).toBe(variants.length);
  for (const script of scripts) {
    expect(script.match(/sched_switch \//g)).toHaveLength(1);
    expect(script.match(/^(raw)?tracepoint:.*sched_waking /gm)).toHaveLength(1);
  }
});

test('the cheapest way that tells interrupts is tried first, one that does not says so in its name', () => {
  const names = wakersVariants(HOST, NATIVE, OFFSETS).map(({ name }) => name);
  expect(names[0]).toBe('raw tracepoint, x86-64 registers, interrupts told');
  expect(names.at(-1)).toContain('interrupts are laid to what they interrupted');
});

test('bpftrace 0.17, which would abort, is never given a raw tracepoint', () => {
  const variants = wakersVariants({ ...HOST, bpftrace: '0.17.0' }, NATIVE, OFFSETS);
  expect(variants.map(({ patches }) => loadScript('wakers', patches)).join()).not.toMatch(/^rawtracepoint:/m);
});

test.each([
  [OFFSETS, 'rq - 92688'],
  [
    new Map([
      ['runqueues', 178_752],
      ['pcpu_hot', 200_000],
    ]),
    'rq + 21256',
  ],
])('the count of interrupts is found by its distance from the run queue', (offsets, expression) => {
  const [first] = wakersVariants(HOST, NATIVE, offsets);
  expect(loadScript('wakers', first?.patches ?? [])).toContain(expression);
});

test('a kernel that does not say where its per-CPU variables are tells no interrupts', () => {
  for (const { name } of wakersVariants(HOST, NATIVE, new Map())) expect(name).not.toContain('interrupts told');
});

test('in a Go program nobody is said to hold a lock', () => {
  for (const { patches } of wakersVariants(HOST, { kind: 'go-unknown' }, OFFSETS)) {
    const script = loadScript('wakers', patches);
    expect(script).toContain('//[chain\n//]');
    expect(script).toContain('$sub = (uint64)4;');
  }
});
