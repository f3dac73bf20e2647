import { describe, expect, test } from 'vitest';
import { loadScript } from '../../../src/probe/script.js';
import { entryVariants, threadsVariants } from '../../../src/probe/variants.js';
import type { HostFacts } from '../../../src/record/record.js';

const host = (facts: Partial<HostFacts>): HostFacts => ({
  kernel: '6.18.44-fc-v595',
  arch: 'x86_64',
  cpus: 2,
  bpftrace: '0.23.2',
  ...facts,
});
const NATIVE = { kind: 'native' } as const;
const PAGES = { pages: true };
const names = (facts: Partial<HostFacts>) => threadsVariants(host(facts), NATIVE, PAGES).map(({ name }) => name);

test('the cheapest way with the most known causes is tried first', () => {
  expect(names({})[0]).toBe('raw tracepoint, x86-64 registers');
  expect(names({}).at(-1)).toBe('tracepoint, its own state field, no registers: causes other than faults unknown');
});

test('bpftrace 0.17, which would abort, is never given a raw tracepoint', () => {
  expect(names({ bpftrace: '0.17.0' })[0]).toBe('tracepoint, x86-64 registers');
  expect(names({ bpftrace: '0.17.1-3' }).join()).not.toContain('raw');
  expect(names({ bpftrace: '0.20.2' })[0]).toContain('raw');
  expect(names({ bpftrace: null })[0]).toContain('raw');
});

test.each(['4.18.0-553.el8', '5.4.0-150-generic', '5.14.0-427.el9', '5.17.15', 'nonsense'])(
  'on Linux %s, whose raw tracepoint has other arguments, none is used',
  (kernel) => {
    expect(names({ kernel }).join()).not.toContain('raw');
  },
);

test.each(['5.18.0', '5.19', '6.1.0-18-amd64', '6.18.44', '10.0'])(
  'on Linux %s the raw tracepoint is tried',
  (kernel) => {
    expect(names({ kernel })[0]).toContain('raw tracepoint');
  },
);

test.each(['aarch64', 'riscv64'])('on %s no registers of x86 are read', (arch) => {
  const variants = threadsVariants(host({ arch }), NATIVE, PAGES);
  expect(variants.length).toBeGreaterThan(0);
  for (const { name, patches } of variants) {
    expect(name).not.toContain('x86');
    const script = loadScript('threads', patches);
    expect(script).not.toMatch(/orig_ax|reg\("ip"\)|16384/);
    expect(script).toContain('reg("pc")');
  }
});

describe.each(['x86_64', 'aarch64', 'riscv64'])('on %s', (arch) => {
  test('every variant applies to bpf/threads.bt as it is, and no two are the same', () => {
    const variants = threadsVariants(host({ arch }), NATIVE, PAGES);
    const scripts = variants.map(({ patches }) => loadScript('threads', patches));
    expect(new Set(scripts).size).toBe(variants.length);
    for (const script of scripts) expect(script.match(/sched_switch \//g)).toHaveLength(1);
  });

  test('every variant applies to bpf/entry.bt as it is', () => {
    for (const { patches } of entryVariants(arch)) {
      expect(loadScript('entry', patches)).toContain(arch === 'x86_64' ? 'reg("ip")' : 'reg("pc")');
    }
  });
});

test('a kernel that does not tell the page of a fault is not asked for it, and the name says so', () => {
  for (const { name, patches } of threadsVariants(host({}), NATIVE, { pages: false })) {
    expect(name).toMatch(/, pages of files unknown$/);
    const script = loadScript('threads', patches).replace(/\/\*.*?\*\//s, '');
    expect(script).not.toMatch(/mm_filemap_fault|@f\b|@fl\b/);
  }
});

test('with a FRED stack both places that read registers look 16 bytes lower', () => {
  const fred = threadsVariants(host({}), NATIVE, PAGES).find(({ name }) => name.includes('FRED'));
  const script = loadScript('threads', fred?.patches ?? []);
  expect(script.match(/16384 - 168 - 16\)/g)).toHaveLength(2);
  expect(script).not.toMatch(/16384 - 168\)/);
});

test('variants that share a register layout share its name, so that a wrong one is ruled out at once', () => {
  const layouts = threadsVariants(host({}), NATIVE, PAGES).map(({ registers }) => registers);
  expect(new Set(layouts).size).toBe(3);
});
