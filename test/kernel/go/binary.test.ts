import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openGoBinary } from '../../../src/host/go/binary.js';
import { layoutFromTable } from '../../../src/host/go/layout-table.js';
import type { GoBinary } from '../../../src/host/go/types.js';
import { GO_VERSIONS, goVersion } from '../support/go.js';

const GO_HOME = '/var/cache/faultscope/go';

/** Every way a goroutine can be started, and what its start function should be called. */
const PROGRAM = `package main

//IMPORT
import (
	"os"
	"runtime"
	"time"
)

type server struct{ n int }

//go:noinline
func (s *server) handle(k int) { time.Sleep(time.Duration(k)) }

//go:noinline
func (s *server) loop() { time.Sleep(time.Hour) }

//go:noinline
func worker(a, b int) { time.Sleep(time.Duration(a + b)) }

//go:noinline
func plain() { time.Sleep(time.Hour) }

func tiny(n int) { worker(n, n) }

func main() {
	s, n := &server{}, len(os.Args)
	go s.handle(n)
	go worker(n, 2)
	go plain()
	go s.loop()
	go tiny(n)
	go func() { worker(n, 3) }()
	runtime.GOMAXPROCS(n)
}
`;
const WITH_CGO = PROGRAM.replace('//IMPORT', '// int twice(int x) { return 2 * x; }\nimport "C"').replace(
  'len(os.Args)',
  'int(C.twice(1)), len(os.Args)',
);

const VARIANTS = {
  plain: { flags: [], env: { CGO_ENABLED: '0' }, source: PROGRAM },
  pie: { flags: ['-buildmode=pie'], env: { CGO_ENABLED: '0' }, source: PROGRAM },
  cgo: { flags: [], env: { CGO_ENABLED: '1' }, source: WITH_CGO.replace('s, n := &server{}', 's, _, n := &server{}') },
  'cgo-pie': {
    flags: ['-buildmode=pie'],
    env: { CGO_ENABLED: '1' },
    source: WITH_CGO.replace('s, n := &server{}', 's, _, n := &server{}'),
  },
  'cgo-static': {
    flags: ['-ldflags=-linkmode=external -extldflags=-static'],
    env: { CGO_ENABLED: '1' },
    source: WITH_CGO.replace('s, n := &server{}', 's, _, n := &server{}'),
  },
  arm64: { flags: [], env: { CGO_ENABLED: '0', GOARCH: 'arm64' }, source: PROGRAM },
  i386: { flags: [], env: { CGO_ENABLED: '0', GOARCH: '386' }, source: PROGRAM },
} as const;
type Variant = keyof typeof VARIANTS;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultscope-go-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let binary: GoBinary | null = null;
afterEach(() => {
  binary?.close();
  binary = null;
});

/** Builds it once, and gives its path. */
const paths = new Map<string, string>();
function built(version: string, variant: Variant): string {
  const name = `${version}-${variant}`;
  const known = paths.get(name);
  if (known !== undefined) return known;
  const { flags, env, source } = VARIANTS[variant];
  const [main, path] = [join(folder, `${name}.go`), join(folder, name)];
  writeFileSync(main, source);
  execFileSync(join(GO_HOME, version, 'bin/go'), ['build', ...flags, '-o', path, main], {
    cwd: folder,
    env: { ...process.env, GO111MODULE: 'off', GOCACHE: join(GO_HOME, 'build-cache'), ...env },
  });
  paths.set(name, path);
  return path;
}

/** The same without symbols and DWARF; the addresses stay as they were. */
function stripped(path: string): string {
  const copy = `${path}-stripped`;
  copyFileSync(path, copy);
  execFileSync('strip', ['--strip-all', copy]);
  return copy;
}

/** And without section headers, as packers leave it: what is left is what the kernel needs. */
function withoutSections(path: string): string {
  const contents = readFileSync(stripped(path));
  contents.fill(0, 40, 48);
  contents.fill(0, 60, 64);
  writeFileSync(`${path}-no-sections`, contents);
  return `${path}-no-sections`;
}

function open(path: string): GoBinary {
  binary = openGoBinary(path);
  if (binary === null) throw new Error(`${path}: not taken for a Go executable`);
  return binary;
}

/** What nm says: name -> address. */
function symbols(path: string): ReadonlyMap<string, bigint> {
  const lines = execFileSync('nm', [path], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\n');
  return new Map(lines.map((line) => [line.slice(19), BigInt(`0x${line.slice(0, 16).trim() || '0'}`)]));
}

const VARIABLES = ['gomaxprocs', 'allgs', 'allm', 'allp'] as const;
const X86_VARIANTS = ['plain', 'pie', 'cgo', 'cgo-pie', 'cgo-static'] as const;
/** The oldest and the newest; what lies between is run in test/kernel/stall/go-builds.test.ts. */
const VERSIONS = GO_VERSIONS.filter((version) => version !== '1.24');
const BUILDS = VERSIONS.flatMap((version) => X86_VARIANTS.map((variant) => ({ version, variant })));

describe.each(BUILDS)('$version $variant', ({ version, variant }) => {
  test('says its version, cgo and whether it is position-independent, with symbols and without', () => {
    const expected = {
      version: goVersion(version),
      cgo: variant.startsWith('cgo'),
      pie: variant.endsWith('pie'),
      machine: 'x86_64',
    };
    expect(open(built(version, variant))).toMatchObject(expected);
    expect(open(stripped(built(version, variant)))).toMatchObject(expected);
  });

  test('the table has the offsets that its DWARF has', () => {
    const layout = open(built(version, variant)).layout;
    expect(layout?.source).toBe('DWARF');
    expect({ ...layoutFromTable(goVersion(version)), source: 'DWARF' }).toEqual(layout);
    expect(open(stripped(built(version, variant))).layout?.source).toMatch(/^table for go1\.\d+$/);
  });

  test('without symbols, the first guess for each variable is right', () => {
    const truth = symbols(built(version, variant));
    for (const path of [built(version, variant), stripped(built(version, variant))]) {
      const opened = open(path);
      for (const name of VARIABLES) {
        expect(opened.variable(name)[0]?.address, `${path} ${name}`).toBe(truth.get(`runtime.${name}`));
      }
      opened.close();
    }
    expect(open(stripped(built(version, variant))).variable('allgs')[0]?.source).toBe('machine code');
  });

  test('without symbols, every function is found by name and by address', () => {
    const truth = symbols(built(version, variant));
    const opened = open(stripped(built(version, variant)));
    for (const name of ['main.main', 'main.worker', 'runtime.main', 'runtime.gcBgMarkWorker', 'runtime.sysmon']) {
      const entry = truth.get(name);
      expect(opened.entryOf(name), name).toBe(entry);
      expect(opened.functionAt((entry ?? 0n) + 1n), name).toEqual({ name, entry });
    }
  });

  test('without section headers it says the same as without symbols', () => {
    const says = (path: string) => {
      const opened = open(path);
      const found = VARIABLES.map((name) => opened.variable(name));
      const { version: itself, cgo, layout, tlsOffset } = opened;
      const answers = { itself, cgo, layout, tlsOffset, found, entry: opened.entryOf('main.worker') };
      opened.close();
      return answers;
    };
    expect(says(withoutSections(built(version, variant)))).toEqual(says(stripped(built(version, variant))));
  });

  test('each goroutine has the name of what was started, not of its wrapper', () => {
    const opened = open(stripped(built(version, variant)));
    const wrappers = [...symbols(built(version, variant))].filter(([name]) =>
      /^main\.main\.(func|gowrap)\d+$/.test(name),
    );
    const started = wrappers.map(([, entry]) => opened.functionAt(entry)?.name);
    expect(started).toEqual(expect.arrayContaining(['main.(*server).handle', 'main.(*server).loop', 'main.worker']));
    // The closure is itself; and what a wrapper has inlined is never called by the name of what that calls in turn.
    expect(started.filter((name) => name === 'main.worker')).toHaveLength(1);
    expect(started).toContainEqual(expect.stringMatching(/^main\.main\.func\d+$/));
  });

  test('g is kept where the thread-local block has it', () => {
    expect(open(stripped(built(version, variant))).tlsOffset).toBe(tlsTruth(built(version, variant)));
  });
});

/** From the symbol in the thread-local block, which ends at fsbase; -8 where the linker is Go's own. */
function tlsTruth(path: string): bigint {
  const slot = symbols(path).get('runtime.tlsg');
  const block = execFileSync('readelf', ['-lW', path], { encoding: 'utf8' })
    .match(/^ *TLS .*/m)?.[0]
    .trim()
    .split(/ +/);
  if (block === undefined || slot === undefined) return -8n;
  const [size, alignment] = [BigInt(block[5] ?? 0), BigInt(block.at(-1) ?? 1)];
  return slot - ((size + alignment - 1n) / alignment) * alignment;
}

test('the first executable page is where the kernel says the code starts', () => {
  const opened = open(built('1.24', 'cgo-static'));
  const load =
    execFileSync('readelf', ['-lW', built('1.24', 'cgo-static')], { encoding: 'utf8' }).match(/^ *LOAD.*$/gm) ?? [];
  const addressOf = (line: string | undefined) => BigInt(line?.trim().split(/ +/)[2] ?? 0);
  expect(opened.loadAddress).toBe(addressOf(load[0]));
  expect(opened.codeAddress).toBe(addressOf(load.find((line) => / R E /.test(line))));
});

describe.each(VERSIONS)('Go %s for other machines', (version) => {
  test('arm64: everything but what needs x86 code', () => {
    const opened = open(built(version, 'arm64'));
    expect(opened).toMatchObject({ machine: 'aarch64', is64: true, tlsOffset: null });
    expect({ ...layoutFromTable(goVersion(version)), source: 'DWARF' }).toEqual(opened.layout);
    const wrapper = [...symbols(built(version, 'arm64'))].filter(([name]) =>
      /^main\.main\.(func|gowrap)\d+$/.test(name),
    );
    expect(wrapper.map(([, entry]) => opened.functionAt(entry)?.name)).toContain('main.(*server).handle');
  });

  test('386: it is told to have 32 bits, and has no offsets', () => {
    expect(open(built(version, 'i386'))).toMatchObject({
      is64: false,
      machine: 'other',
      layout: null,
      tlsOffset: null,
    });
  });
});
