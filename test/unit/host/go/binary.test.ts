import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openGoBinary } from '../../../../src/host/go/binary.js';
import type { GoBinary } from '../../../../src/host/go/types.js';
import { asFile, callTo, DATA, entryOf, type FakeGo, fakeGo, TEXT } from './fake-go.js';

function opened(options: FakeGo = {}): GoBinary {
  const binary = openGoBinary(asFile(fakeGo(options)));
  if (binary === null) throw new Error('not taken for a Go executable');
  return binary;
}

describe('a Go executable without section headers', () => {
  it('tells its version, machine, cgo and where it is loaded', () => {
    const binary = opened({ version: 'go1.22.3' });
    expect(binary).toMatchObject({ version: 'go1.22.3', cgo: true, machine: 'x86_64', is64: true, pie: false });
    expect([binary.loadAddress, binary.codeAddress]).toEqual([BigInt(TEXT), BigInt(TEXT)]);
  });

  it('tells its version in the format before Go 1.18', () => {
    expect(opened({ oldVersion: 'go1.17.13' })).toMatchObject({ version: 'go1.17.13', cgo: null });
  });

  it('takes the offsets of its version from the table', () => {
    expect(opened({ version: 'go1.24.4' }).layout).toMatchObject({ source: 'table for go1.24', g: { goid: 160 } });
  });

  it('has no offsets for a version that nobody knows', () => {
    expect(opened({ version: 'go1.99.0' }).layout).toBeNull();
    expect(opened({ version: 'devel +abcdef' }).layout).toBeNull();
  });

  it('finds a function by an address in it and by its name', () => {
    const binary = opened();
    expect(binary.functionAt(BigInt(entryOf(1) + 7))).toEqual({ name: 'main.main', entry: BigInt(entryOf(1)) });
    expect(binary.entryOf('main.main')).toBe(BigInt(entryOf(1)));
  });

  it('finds no function where there is none', () => {
    const binary = opened();
    expect(binary.functionAt(BigInt(TEXT - 1))).toBeNull();
    expect(binary.functionAt(BigInt(entryOf(2)))).toBeNull();
    expect(binary.functionAt(2n ** 64n - 1n)).toBeNull();
    expect([binary.entryOf('main.mai'), binary.entryOf('ain.main')]).toEqual([null, null]);
  });

  it('finds functions where only moduledata says where the code begins, as since Go 1.26', () => {
    expect(opened({ hasTextStart: false }).entryOf('main.main')).toBe(BigInt(entryOf(1)));
  });
});

describe("a goroutine's start function", () => {
  const called = { name: 'main.(*Server).handle' };
  const startOf = (wrapper: FakeGo['functions'] & object) =>
    opened({ functions: [...wrapper, called, { name: 'main.other' }, { name: 'runtime.morestack' }] }).functionAt(
      BigInt(TEXT),
    );

  it.each(['main.main.gowrap1', 'main.main·dwrap·3', 'main.(*Server).handle-fm'])('%s is what it calls', (name) => {
    expect(startOf([{ name, code: callTo(0, 1) }])?.name).toBe('main.(*Server).handle');
  });

  it('is what a closure calls that the compiler marked as a wrapper, and only then', () => {
    expect(startOf([{ name: 'main.main.func1', code: callTo(0, 1), kind: 22 }])?.name).toBe('main.(*Server).handle');
    expect(startOf([{ name: 'main.main.func1', code: callTo(0, 1) }])?.name).toBe('main.main.func1');
  });

  it('does not count calls into the runtime', () => {
    const code = Buffer.concat([callTo(0, 1), Buffer.from([0xe8]), Buffer.alloc(4)]);
    code.writeInt32LE(entryOf(3) - entryOf(0) - 10, 6);
    expect(startOf([{ name: 'main.main.gowrap1', code }])?.name).toBe('main.(*Server).handle');
  });

  it('keeps its name where it calls two functions, none, or has calls inlined', () => {
    const two = Buffer.concat([callTo(0, 1), Buffer.from([0xe8]), Buffer.alloc(4)]);
    two.writeInt32LE(entryOf(2) - entryOf(0) - 10, 6);
    const name = 'main.main.gowrap1';
    expect(startOf([{ name, code: two }])?.name).toBe(name);
    expect(startOf([{ name }])?.name).toBe(name);
    expect(startOf([{ name, code: callTo(0, 1), hasInlined: true }])?.name).toBe(name);
  });
});

describe('without symbols, the code tells', () => {
  /** Instructions with a displacement from their end: opcode bytes, and the place. */
  function code(index: number, ...instructions: readonly (readonly [number[], number])[]): Buffer {
    let at = entryOf(index);
    return Buffer.concat(
      instructions.map(([opcode, address]) => {
        const bytes = Buffer.from([...opcode, 0, 0, 0, 0]);
        at += bytes.length;
        bytes.writeInt32LE(address - at, opcode.length);
        return bytes;
      }),
    );
  }
  const LOAD = [0x48, 0x8b, 0x05];
  const LOAD_32 = [0x8b, 0x05];
  const LEA = [0x48, 0x8d, 0x05];

  it('where the list of goroutines is: pointer, length and capacity in a row', () => {
    const list = DATA + 0x900;
    const functions = [{ name: 'runtime.allgadd', code: code(0, [LOAD, list], [LOAD, list + 8], [LOAD, list + 16]) }];
    expect(opened({ functions }).variable('allgs')).toEqual([{ address: BigInt(list), source: 'machine code' }]);
  });

  it('where gomaxprocs is: best the place that most functions read', () => {
    const [other, right] = [DATA + 0x904, DATA + 0x90c];
    const functions = [
      { name: 'runtime.procresize', code: code(0, [LOAD_32, other], [LOAD_32, right]) },
      { name: 'runtime.startTheWorldWithSema', code: code(1, [LOAD_32, right]) },
    ];
    expect(
      opened({ functions })
        .variable('gomaxprocs')
        .map(({ address }) => Number(address)),
    ).toEqual([right, other]);
  });

  it('where the list of threads is: read, and its address taken', () => {
    const functions = [
      { name: 'runtime.mcommoninit', code: code(0, [LOAD, DATA + 0x910], [LEA, DATA + 0x910], [LOAD, DATA + 0x918]) },
    ];
    expect(
      opened({ functions })
        .variable('allm')
        .map(({ address }) => Number(address)),
    ).toEqual([DATA + 0x910]);
  });

  it('nothing about places that are no data, on other machines, or where the function is missing', () => {
    const functions = [{ name: 'runtime.allgadd', code: code(0, [LOAD, TEXT], [LOAD, TEXT + 8], [LOAD, TEXT + 16]) }];
    expect(opened({ functions }).variable('allgs')).toEqual([]);
    expect(opened({ functions, machine: 183 }).variable('allgs')).toEqual([]);
    expect(opened().variable('allp')).toEqual([]);
  });

  it('where g is kept, in both ways of writing it', () => {
    const absolute = Buffer.from('6448891425f8ffffff', 'hex');
    const indirect = Buffer.from('48c7c1a8ffffff64488911', 'hex');
    expect(opened({ functions: [{ name: 'gogo', code: absolute }] }).tlsOffset).toBe(-8n);
    expect(opened({ functions: [{ name: 'gogo', code: indirect }] }).tlsOffset).toBe(-88n);
  });

  it('not where g is kept, where functions differ or say nothing', () => {
    const absolute = Buffer.from('6448891425f8ffffff', 'hex');
    const other = Buffer.from('6448891425f0ffffff', 'hex');
    const functions = [
      { name: 'gogo', code: absolute },
      { name: 'runtime.mcall', code: other },
    ];
    expect(opened({ functions }).tlsOffset).toBeNull();
    expect(opened().tlsOffset).toBeNull();
  });
});

describe('what is no Go executable', () => {
  it('is null: a program in C, a script, a directory, a device, nothing at all', () => {
    for (const path of [process.execPath, '/bin/true', '/etc/passwd', '/tmp', '/dev/zero', '/no/such/file']) {
      expect(openGoBinary(path), path).toBeNull();
    }
  });

  it('is null and not waited for: a FIFO', () => {
    const path = `${asFile(Buffer.alloc(0))}-fifo`;
    execFileSync('mkfifo', [path]);
    expect(openGoBinary(path)).toBeNull();
  });

  it('is null: a big-endian file', () => {
    const file = fakeGo();
    file.writeUInt8(2, 5);
    expect(openGoBinary(asFile(file))).toBeNull();
  });
});

describe('a broken executable', () => {
  const functions = [
    { name: 'main.main.gowrap1', code: callTo(0, 1) },
    { name: 'main.work' },
    { name: 'runtime.procresize', code: Buffer.from('8b05000f0000', 'hex') },
  ];
  const path = asFile(Buffer.alloc(0));

  /** Asks it everything: the answer may be anything but a throw. */
  function askAll(contents: Buffer): void {
    writeFileSync(path, contents);
    const binary = openGoBinary(path);
    if (binary === null) return;
    for (const name of ['gomaxprocs', 'allgs', 'allm', 'allp'] as const) binary.variable(name);
    for (const index of [0, 1, 2, 3]) binary.functionAt(BigInt(entryOf(index)));
    binary.entryOf('main.work');
    binary.close();
  }

  it('is read as far as it goes, wherever it is cut off', () => {
    const file = fakeGo({ functions, sections: [{ name: '.debug_info', contents: Buffer.from('not DWARF') }] });
    for (let length = 0; length < file.length; length += length < 0x200 ? 1 : 61) askAll(file.subarray(0, length));
  });

  it('never throws and never hangs, whatever its bytes are', () => {
    const file = fakeGo({ functions, sections: [{ name: '.symtab', contents: Buffer.alloc(240, 1) }] });
    const interesting = fc.oneof(fc.integer({ min: 0, max: 0x3ff }), fc.integer({ min: 0x2000, max: file.length - 9 }));
    const change = fc.record({
      at: interesting,
      value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff),
      length: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const broken = Buffer.from(file);
        for (const { at, value, length } of changes) broken.fill(value, at, at + length);
        askAll(broken);
      }),
      { numRuns: 400 },
    );
  });

  it('answers nothing more once it is closed, and closes once', () => {
    const binary = opened();
    binary.close();
    binary.close();
    expect(binary.entryOf('main.main')).toBeNull();
    expect(binary.functionAt(BigInt(entryOf(1)))).toBeNull();
  });
});
