import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBias } from '../../../../src/host/runtime/load-bias.js';
import { ProcessMemory } from '../../../../src/host/runtime/process-memory.js';
import { startCode } from '../../../../src/host/runtime/start-code.js';

/** More than any process number there can be. */
const NOBODY = 4_194_305;

let child: ChildProcess;
let pid: number;
beforeAll(async () => {
  child = spawn('sleep', ['600']);
  await once(child, 'spawn');
  pid = child.pid ?? -1;
});
afterAll(() => child.kill('SIGKILL'));

/** Mappings of the executable, in ascending order. */
function mappings(of: number): { start: bigint; end: bigint; access: string; offset: bigint }[] {
  return readFileSync(`/proc/${of}/maps`, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('/sleep'))
    .map((line) => {
      const [range = '', access = '', offset = ''] = line.split(' ');
      const [start, end] = range.split('-');
      return { start: BigInt(`0x${start}`), end: BigInt(`0x${end}`), access, offset: BigInt(`0x${offset}`) };
    });
}

describe('memory of a process', () => {
  test('reads what is mapped there', () => {
    const memory = ProcessMemory.open(pid);
    const [first] = mappings(pid);
    expect(memory?.int32(first?.start ?? 0n)).toBe(0x464c457f);
    const magic = Buffer.alloc(4);
    expect(memory?.read(first?.start ?? 0n, magic)).toBe(true);
    expect(magic.toString('latin1')).toBe('\x7fELF');
    memory?.close();
  });

  test('says nothing where nothing is mapped, and how much where a mapping ends', () => {
    const memory = ProcessMemory.open(pid);
    const end = mappings(pid).at(-1)?.end ?? 0n;
    expect(memory?.word(0n)).toBeNull();
    expect(memory?.word(2n ** 63n)).toBeNull();
    expect(memory?.word(-8n)).toBeNull();
    expect(memory?.word(0xffff_8000_0000_0000n)).toBeNull();
    const last = mappings(pid).find(({ start }, i, all) => all[i - 1] !== undefined && all[i - 1]?.end !== start);
    const [before] = mappings(pid).filter((one) => one.end === (last?.start ?? end));
    expect(memory?.readSome((before?.end ?? end) - 16n, Buffer.alloc(16))).toBe(16);
    memory?.close();
  });

  test('ends with the process, and is none of nobody', async () => {
    const short = spawn('sleep', ['600']);
    await once(short, 'spawn');
    const memory = ProcessMemory.open(short.pid ?? -1);
    const [first] = mappings(short.pid ?? -1);
    const exit = once(short, 'exit');
    short.kill('SIGKILL');
    await exit;
    expect(memory?.word(first?.start ?? 0n)).toBeNull();
    memory?.close();
    expect(ProcessMemory.open(NOBODY)).toBeNull();
  });
});

describe('where a program is loaded', () => {
  test('a position independent one: as far from its file as its first mapping', () => {
    // Debian links its programs so, the first segment for address 0.
    expect(execFileSync('readelf', ['-h', '/bin/sleep'], { encoding: 'utf8' })).toContain('DYN');
    expect(loadBias(pid)).toBe(mappings(pid)[0]?.start);
  });

  test('one that is linked for its place: there', () => {
    const header = execFileSync('readelf', ['-h', process.execPath], { encoding: 'utf8' });
    const isFixed = header.includes('EXEC (');
    expect(loadBias(process.pid) === 0n).toBe(isFixed);
  });

  test('its code begins where its first executable mapping is', () => {
    const code = mappings(pid).find(({ access }) => access.includes('x'));
    const start = startCode(pid) ?? 0n;
    expect(start >= (code?.start ?? 0n) && start < (code?.end ?? 0n)).toBe(true);
  });

  test('of nobody, and of a kernel thread, nothing is known', () => {
    for (const none of [NOBODY, 2]) {
      expect(loadBias(none)).toBeNull();
      expect(startCode(none)).toBeNull();
    }
  });
});
