import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../../scripts/check-imports.mjs', import.meta.url));

/** What the script says of a source tree made of these files, path below src -> text. */
function check(files: Record<string, string>): { readonly status: number | null; readonly lines: readonly string[] } {
  const root = mkdtempSync(join(tmpdir(), 'faultscope-imports-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = join(root, 'src', name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, root], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return { status, lines: stdout.split('\n').filter((line) => line !== '') };
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Runs the script once over one file for each case, because starting it takes longer than all the rest. */
function checkEach(cases: readonly (readonly [folder: string, text: string, ...rest: unknown[]])[]) {
  const tree = cases.map(([folder, text], index) => [`${folder}/case${index}.ts`, text]);
  const { status, lines } = check(Object.fromEntries(tree));
  const of = (folder: string, text: string) => {
    const index = cases.findIndex((one) => one[0] === folder && one[1] === text);
    const file = `src/${folder}/case${index}.ts:`;
    return lines.filter((line) => line.startsWith(file)).map((line) => line.slice(file.length));
  };
  return { status, of };
}

test('passes a tree in which all imports go the right way', () => {
  const tree = {
    'cli.ts': "import './commands/live.js';",
    'errors.ts': 'export class E {}',
    'record/record.ts': 'export type R = 1;',
    'text/safe.ts': "import width from 'string-width';",
    'model/a.ts': "import type { R } from '../record/record.js';\nimport { b } from './b.js';",
    'probe/run.ts': "import { now } from '../host/clock.js';\nimport { execa } from 'execa';",
    'host/clock.ts': "import { E } from '../errors.js';\nimport fs from 'node:fs';",
    'export/json.ts': "import { a } from '../model/a.js';",
    'tui/table.ts': "import type { P } from '../host/processes.js';\nimport { type Q } from '../host/processes.js';",
    'doctor/run.ts': "import { locate } from '../probe/locate.js';",
    'commands/live.ts': "import '../tui/table.js';\nimport '../session/run.js';\nimport '../doctor/run.js';",
  };
  expect(check(tree)).toEqual({ status: 0, lines: [] });
});

test('names file, line and both sides of each offence, and fails', () => {
  const tree = {
    'tui/table.ts': "import { a } from '../model/a.js';\n\nimport { b } from '../host/proc.js';",
    'model/a.ts': "import { c } from '../probe/code.js';",
  };
  expect(check(tree)).toEqual({
    status: 1,
    lines: [
      'src/model/a.ts:1: folder model may not import probe/code',
      'src/tui/table.ts:3: folder tui may not import host/proc',
    ],
  });
});

test('asks whoever adds a folder to say where it stands', () => {
  expect(check({ 'utils/misc.ts': 'export {};' })).toEqual({
    status: 1,
    lines: ['src/utils/misc.ts:1: folder utils is not in the table of scripts/check-imports.mjs'],
  });
});

describe('a wrong import is refused', () => {
  const cases = [
    ['record', "import '../errors.js';", 'errors'],
    ['record', "import 'node:fs';", 'node:fs'],
    ['model', "import fs from 'node:fs';", 'node:fs'],
    ['model', "import _ from 'lodash';", 'lodash'],
    ['model', "import '../text/safe.js';", 'text/safe'],
    ['text', "import '../errors.js';", 'errors'],
    ['probe', "import '../host/processes.js';", 'host/processes'],
    ['probe', "import '../model/a.js';", 'model/a'],
    ['host', "import '../probe/locate.js';", 'probe/locate'],
    ['export', "import '../host/clock.js';", 'host/clock'],
    ['export', "import '../tui/table.js';", 'tui/table'],
    ['tui', "import { list } from '../host/processes.js';", 'host/processes'],
    ['tui', "import { type P, list } from '../host/processes.js';", 'host/processes'],
    ['tui', "import '../record/record.js';", 'record/record'],
    ['doctor', "import '../probe/code.js';", 'probe/code'],
    ['session', "import '../tui/table.js';", 'tui/table'],
    ['host', "import '../commands/live.js';", 'commands/live'],
    ['host', "import '../nowhere/x.js';", 'nowhere/x'],
    ['commands', "import '../../test/helper.js';", '../test/helper'],
    ['host', "export { x } from '../tui/table.js';", 'tui/table'],
    ['host', "export type * from '../tui/table.js';", 'tui/table'],
    ['host', "const x = await import('../tui/table.js');", 'tui/table'],
    ['host', "type X = import('../tui/table.js').X;", 'tui/table'],
    ['host', "import x = require('../tui/table.js');", 'tui/table'],
    ['host', "import type X from '../tui/table.js';", 'tui/table'],
    ['host', 'await import(name);', 'the computed name'],
  ] as const;
  const found = checkEach(cases);

  test.each(cases)('in %s: %s', (folder, text, name) => {
    expect(found.of(folder, text)).toEqual([`1: folder ${folder} may not import ${name}`]);
  });
});

describe('the model is kept from clock, chance and surroundings', () => {
  const cases = [
    ['model', 'const t = Date.now();', 'Date.now'],
    ['model', 'const t = new Date();', 'Date()'],
    ['model', 'const p = process.pid;', 'process'],
    ['model', 'const x = { process };', 'process'],
    ['model', 'const t = performance.now();', 'performance'],
    ['model', 'setTimeout(() => {}, 1);', 'setTimeout'],
    ['model', 'const r = Math.random();', 'Math.random'],
    ['model', 'const now = globalThis;', 'globalThis'],
    ['model', "const fs = require('fs');", 'require'],
  ] as const;
  const found = checkEach(cases);

  test.each(cases)('%s: %s', (folder, text, name) => {
    expect(found.of(folder, text)).toEqual([`1: folder ${folder} may not use ${name}`]);
  });
});

describe('nothing is said against', () => {
  const cases = [
    ['host', 'setTimeout(() => process.exit(Date.now()), 1);'],
    ['model', "// import '../tui/table.js'\nconst text = \"import '../tui/table.js'\"; /* process.exit() */"],
    ['model', 'interface Row { process: number }\nexport const f = (row: Row) => row.process;'],
    ['model', 'export function f(process: { majorFaults: number }) { return process.majorFaults; }'],
    ['model', "export const f = (kind: string) => kind === 'process';"],
    ['model', 'export const f = ({ process: mine }: { process: number }) => ({ process: mine });'],
    ['model', 'export const f = (ms: number) => new Date(ms).toISOString();'],
  ] as const;
  const found = checkEach(cases);

  test.each(cases)('in %s: %s', (folder, text) => {
    expect(found.of(folder, text)).toEqual([]);
    expect(found.status).toBe(0);
  });
});
