import { describe, expect, test } from 'vitest';
import { PageCacheDecoder } from '../../../src/probe/decode-pagecache.js';
import type { EvictionsRecord, FaultCauseRecord } from '../../../src/record/page-cache.js';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { capture, VERSIONS } from './captures.js';

/** Pages of the workload's file: all are cold at first, and all are taken once by another process. */
const PAGES = 512;

type Of<K extends FaultscopeRecord['kind']> = Extract<FaultscopeRecord, { kind: K }>;

function of<K extends FaultscopeRecord['kind']>(records: readonly FaultscopeRecord[], kind: K): Of<K>[] {
  return records.filter((record): record is Of<K> => record.kind === kind);
}

describe.each(VERSIONS)('pagecache.bt as bpftrace %s printed it', (version) => {
  const { lines } = capture('pagecache.pagecache', version);
  const decoder = new PageCacheDecoder();
  const printed = lines.flatMap((line) => decoder.line(line));
  // What comes last bpftrace drops when it is ended: others go on reading files meanwhile.
  const records = [...printed, ...decoder.finish()];
  const evictions = new Map<string, EvictionsRecord>();
  for (const record of of(records, 'evictions')) evictions.set(`${record.actor.pid} ${record.way}`, record);
  const causes = new Map<string, FaultCauseRecord>();
  for (const record of of(records, 'fault-cause')) causes.set(record.cause, record);

  test('every page is a first touch once, is evicted once by fadvise, and comes back once', () => {
    expect([...evictions.values()]).toMatchObject([{ way: 'fadvise', pages: PAGES }]);
    expect(causes.get('first-touch')).toMatchObject({ count: PAGES, eviction: null, ageTotalNs: 0 });
    expect(causes.get('refault')).toMatchObject({ count: PAGES });
    expect([...causes.keys()].sort()).toEqual(['first-touch', 'refault']);
  });

  test('the refaults are laid to who evicted, which is no kernel thread and has its own name', () => {
    const [eviction] = evictions.values();
    expect(causes.get('refault')?.eviction).toEqual({ actor: eviction?.actor, way: 'fadvise', atNs: null });
    const actor = of(records, 'actor').find(({ pid }) => pid === eviction?.actor.pid);
    expect(actor).toMatchObject({ comm: 'readfile', kernelThread: false, command: null, cgroup: null });
  });

  test('pages that came back were away for some time, none longer than the capture lasted', () => {
    const { ageTotalNs = 0, ageMaxNs = 0 } = causes.get('refault') ?? {};
    expect(ageTotalNs / PAGES).toBeGreaterThan(1e6);
    expect(ageTotalNs / PAGES).toBeLessThanOrEqual(ageMaxNs);
    expect(ageMaxNs).toBeLessThan(30e9);
  });

  test('the target itself filled the page cache with its pages, twice', () => {
    const fills = new Map(of(records, 'fill').map((fill) => [fill.actor.pid, fill.bytes]));
    expect([...fills.values()]).toContain(2 * PAGES * 4096);
  });

  test('nothing is lost, forgotten or sampled', () => {
    expect(of(printed, 'loss')).toEqual([]);
    expect(of(records, 'page-sampling')).toMatchObject([{ level: 0, forgotten: 0 }]);
  });
});

function decoderAfter(...lines: string[]): PageCacheDecoder {
  const decoder = new PageCacheDecoder();
  for (const line of ['A 1000 1', ...lines]) decoder.line(line);
  return decoder;
}

const WHO = (700n << 14n) | 5n;
const FILE = '@slot[9]: (266338304, 77)';

function evictionKey(way: bigint, cpu: bigint): bigint {
  return BigInt.asIntN(64, (WHO << 28n) | (way << 25n) | (9n << 9n) | cpu);
}

test("what two CPUs evicted for one process becomes one record at the dump's end", () => {
  const decoder = decoderAfter(
    'D 1 2000 0 0',
    FILE,
    `@ev[${evictionKey(0n, 0n)}]: 5`,
    `@ev[${evictionKey(0n, 1n)}]: 7`,
  );
  expect(of(decoder.line('E 1'), 'evictions')).toEqual([
    { kind: 'evictions', device: 266338304, inode: 77n, actor: { pid: 700, generation: 5 }, way: 'reclaim', pages: 12 },
  ]);
});

test('an evicted page of a file that no dump has told yet is told when the file is', () => {
  const decoder = decoderAfter('D 1 2000 0 0', `@ev[${evictionKey(2n, 0n)}]: 5`);
  expect(of(decoder.line('E 1'), 'evictions')).toEqual([]);
  decoder.line('D 2 3000 0 0');
  decoder.line(FILE);
  expect(of(decoder.line('E 2'), 'evictions')).toMatchObject([{ inode: 77n, way: 'fadvise', pages: 5 }]);
});

test('bytes go on growing where the script has turned to the other map', () => {
  const decoder = decoderAfter(
    'D 1 2000 0 0',
    `@f0[${WHO}]: 100`,
    'E 1',
    'D 2 3000 1 0',
    `@f0[${WHO}]: 150`,
    `@f1[${WHO}]: 10`,
  );
  expect(of(decoder.line('E 2'), 'fill')).toMatchObject([{ bytes: 160 }]);
  decoder.line('D 3 4000 2 0');
  decoder.line(`@f0[${WHO}]: 150`);
  expect(of(decoder.line('E 3'), 'fill')).toMatchObject([{ bytes: 310 }]);
});

test('of so many processes only the last to fill memory are remembered: who was forgotten counts anew, and no byte twice', () => {
  const decoder = decoderAfter('D 1 2000 0 0', `@f0[${WHO}]: 100`, 'E 1', 'D 2 3000 0 0');
  for (let pid = 1000n; pid < 1000n + 2n ** 16n; pid += 1n) decoder.line(`@f0[${pid << 14n}]: 4096`);
  expect(of(decoder.line('E 2'), 'fill')).toHaveLength(2 ** 16);
  decoder.line('D 3 4000 0 0');
  decoder.line(`@f0[${WHO}]: 130`);
  expect(of(decoder.line('E 3'), 'fill')).toMatchObject([{ actor: { pid: 700 }, bytes: 30 }]);
});

function refault(tick: number, way: number): bigint {
  return (9n << 24n) | (BigInt(tick) << 12n) | (BigInt(way) << 8n) | 1n;
}

const TICK_NS = 2n ** 30n;

test('a refault of what kswapd evicted tells when; a number that comes round again is another second', () => {
  const now = 1000n * TICK_NS;
  const tick = 990 % 256;
  const decoder = decoderAfter(`D 1 ${now} 0 0`, FILE, `@c[1]: (${refault(tick, 1)}, ${WHO}, 3, 30, 300, 200)`);
  expect(of(decoder.line('E 1'), 'fault-cause')).toMatchObject([
    { count: 3, totalNs: 30, ageTotalNs: 300, eviction: { way: 'kswapd', atNs: 990n * TICK_NS + TICK_NS / 2n } },
  ]);
  decoder.line(`D 2 ${now + 256n * TICK_NS} 0 0`);
  decoder.line(`@c[1]: (${refault(tick, 1)}, ${WHO}, 5, 40, 400, 200)`);
  expect(of(decoder.line('E 2'), 'fault-cause')).toMatchObject([
    { count: 2, totalNs: 10, ageTotalNs: 100, eviction: { atNs: 1246n * TICK_NS + TICK_NS / 2n } },
  ]);
});

test('a name of all 16 bytes, with line feeds in it, is a name', () => {
  const words = [0x0a4d200a0a312032n, 0xe2828ac3a9c3bc41n];
  const [actor] = of(decoderAfter().line(`P 0 1 5000 ${WHO} 2097152 ${words.join(' ')}`), 'actor');
  expect(actor).toMatchObject({ pid: 700, generation: 5, kernelThread: true });
  expect(actor?.comm).toHaveLength(Buffer.from(actor?.comm ?? '').toString().length);
  expect(actor?.comm.startsWith('2 1\n\n M\n')).toBe(true);
});

test('full maps are told, and evictions that were forgotten', () => {
  const decoder = decoderAfter('D 1 2000 0 3');
  expect(decoder.line('@lost[256]: 4')).toMatchObject([{ kind: 'loss', what: 'pages', count: 4 }]);
  expect(decoder.line('@lost[1]: 2')).toMatchObject([{ kind: 'loss', what: 'causes', count: 2 }]);
  decoder.line('@lost[2]: 6');
  expect(of(decoder.line('E 1'), 'page-sampling')).toMatchObject([{ level: 3, forgotten: 6 }]);
});

test('saved registers that are not where they should be rule the layout out', () => {
  expect(new PageCacheDecoder().line('A 1000 0')).toMatchObject([{ kind: 'loss', what: 'registers' }]);
});
