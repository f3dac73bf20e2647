import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { exportedSymbol } from '../../../../src/host/elf/exported-symbol.js';
import { inspectRuntime } from '../../../../src/host/runtime/inspect.js';
import { detectNode } from '../../../../src/host/runtime/node-runtime.js';

const directory = mkdtempSync(join(tmpdir(), 'node-runtime-'));
afterAll(() => rmSync(directory, { recursive: true }));

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

async function running(file: string, argv: readonly string[]): Promise<number> {
  child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child, 'spawn');
  return child.pid ?? -1;
}

const SERVE = ['-e', 'console.log("ready"); setInterval(() => {}, 1000)'];
const LIKE_GO = { capacityOverride: null, aboutToRun: null };

describe('a Node process', () => {
  test('is known by its own version, and can run one thing at a time', async () => {
    const pid = await running(process.execPath, SERVE);
    await once(child?.stdout ?? process.stdin, 'data');
    expect(inspectRuntime(pid, LIKE_GO).facts).toEqual({
      kind: 'node',
      version: process.version,
      capacity: 1,
      capacitySource: 'one event loop',
      goroutines: false,
      goroutineDetail: null,
    });
  });

  test('is known under another name too', async () => {
    const renamed = join(directory, 'my-service');
    copyFileSync(process.execPath, renamed);
    const pid = await running(renamed, SERVE);
    await once(child?.stdout ?? process.stdin, 'data');
    expect(detectNode(pid)).toEqual({ version: process.version });
  });

  test('has the capacity that it is said to have', async () => {
    const pid = await running(process.execPath, SERVE);
    const { facts } = inspectRuntime(pid, { ...LIKE_GO, capacityOverride: 4 });
    expect(facts).toMatchObject({ kind: 'node', capacity: 4, capacitySource: '--capacity' });
  });

  test('is known before it begins, but not its version', () => {
    const { facts } = inspectRuntime(process.pid, { ...LIKE_GO, aboutToRun: process.execPath });
    expect(facts).toMatchObject({ kind: 'node', capacity: 1, version: null });
  });
});

describe('a program of no runtime known to us', () => {
  test('is native, and nothing bounds how much of it runs at once', async () => {
    const pid = await running('sleep', ['600']);
    const runtime = inspectRuntime(pid, LIKE_GO);
    expect(runtime.facts).toEqual({
      kind: 'native',
      version: null,
      capacity: null,
      capacitySource: null,
      goroutines: false,
      goroutineDetail: null,
    });
    expect(runtime.kernelGo).toBeNull();
    expect(runtime.census()).toBeNull();
    expect(runtime.roles()).toEqual([]);
    expect(runtime.reread()).toEqual(runtime.facts);
  });

  test('is native also where it is called node', async () => {
    const impostor = join(directory, 'node');
    copyFileSync('/bin/sleep', impostor);
    const pid = await running(impostor, ['600']);
    expect(inspectRuntime(pid, LIKE_GO).facts.kind).toBe('native');
  });

  test('a process that is gone is nothing else', () => {
    expect(inspectRuntime(4_194_305, LIKE_GO).facts.kind).toBe('native');
  });
});

describe('a symbol that a file exports', () => {
  test('is found by its name, and no other is', () => {
    expect(exportedSymbol(process.execPath, 'napi_create_object')).toBeGreaterThan(0n);
    expect(exportedSymbol(process.execPath, 'napi_create_objec')).toBeNull();
    expect(exportedSymbol('/bin/sleep', 'napi_create_object')).toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['a script', '#!/bin/sh\nexit 0\n'],
    ['the first bytes of a program', '\x7fELF\x02\x01\x01'],
    ['a header that leads nowhere', `\x7fELF\x02\x01${'\xff'.repeat(120)}`],
    ['a header of zeros', `\x7fELF\x02\x01${'\0'.repeat(120)}`],
  ])('is none in %s', (name, content) => {
    const path = join(directory, name.replaceAll(' ', '-'));
    writeFileSync(path, Buffer.from(content, 'latin1'));
    expect(exportedSymbol(path, 'main')).toBeNull();
  });

  test('is none in a file that is not there', () => {
    expect(exportedSymbol(join(directory, 'missing'), 'main')).toBeNull();
    expect(exportedSymbol(directory, 'main')).toBeNull();
  });
});
