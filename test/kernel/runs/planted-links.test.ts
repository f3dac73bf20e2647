import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import { writeNewFile } from '../../../src/export/write-file.js';
import { RecordingWriter } from '../../../src/recording/writer.js';
import { until } from '../support/until.js';

const NOBODY = 65534;
const WRITES = 400;

/** Puts links to a file of root's where root is about to write, and in the place of what root has just made, as fast as it goes. */
const ATTACK = `
  const { readdirSync, renameSync, symlinkSync, unlinkSync } = require('node:fs');
  const [directory, victim] = process.argv.slice(1);
  let planted = 0, swapped = 0, going = true;
  const attempt = (act) => { try { act(); return 1; } catch { return 0; } };
  process.stdin.on('end', () => { going = false; }).resume();
  function attack() {
    for (let round = 0; round < 50; round += 1) {
      for (const name of ['out.json', 'x.fscope']) {
        const path = directory + '/' + name;
        attempt(() => unlinkSync(path));
        planted += attempt(() => symlinkSync(victim, path));
      }
      for (const name of readdirSync(directory)) {
        if (!name.startsWith('.faultscope-')) continue;
        const path = directory + '/' + name;
        if (attempt(() => unlinkSync(path))) swapped += attempt(() => symlinkSync(victim, path));
      }
    }
    if (going) setImmediate(attack);
    else process.stdout.write(JSON.stringify({ planted, swapped }));
  }
  attack();`;

let root: string;
let victim: string;

beforeEach(() => {
  root = mkdtempSync('/var/tmp/faultscope-planted-');
  chmodSync(root, 0o755);
  victim = join(root, 'shadow');
  writeFileSync(victim, 'precious', { mode: 0o600 });
  // What is written belongs to who called sudo: nothing else may.
  vi.stubEnv('SUDO_UID', '12');
  vi.stubEnv('SUDO_GID', '12');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

function startAttack(directory: string): ChildProcess {
  const as = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];
  return spawn('setpriv', [...as, process.execPath, '-e', ATTACK, directory, victim], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function endAttack(attacker: ChildProcess): Promise<{ planted: number; swapped: number }> {
  let said = '';
  attacker.stdout?.on('data', (text) => {
    said += text;
  });
  attacker.stdin?.end();
  await once(attacker, 'close');
  return JSON.parse(said);
}

/** True where it was written, false where it was refused in words. */
async function attempt(write: () => Promise<unknown> | unknown): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof FaultscopeError) return false;
    throw error;
  }
}

test.each([
  ['sticky, as /tmp is', 0o1777, false],
  ['without the sticky bit, where others may replace what root made', 0o777, true],
])(
  'whatever another user plants in a directory that is %s, no export or recording touches another file',
  async (_name, mode, canSwap) => {
    const directory = join(root, 'shared');
    mkdirSync(directory);
    chmodSync(directory, mode);
    const attacker = startAttack(directory);
    await until('the first link', () => readdirSync(directory).length > 0);
    let written = 0;
    for (let count = 0; count < WRITES; count += 1) {
      const force = count % 2 === 0;
      const done = await attempt(() => writeNewFile(join(directory, 'out.json'), ['data'], { force }));
      const recorded = await attempt(async () => {
        const writer = await RecordingWriter.create(join(directory, 'x.fscope'), { force });
        await writer.close();
      });
      written += Number(done) + Number(recorded);
      // In a sticky directory nobody else could.
      for (const name of ['out.json', 'x.fscope']) rmSync(join(directory, name), { force: true });
    }
    const { planted, swapped } = await endAttack(attacker);

    expect(planted).toBeGreaterThan(0);
    if (canSwap) expect(swapped).toBeGreaterThan(0);
    expect(written).toBeGreaterThan(0);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    const { uid, gid, mode: kept } = statSync(victim);
    expect([uid, gid, kept & 0o7777]).toEqual([0, 0, 0o600]);
    expect(readdirSync(root).sort()).toEqual(['shadow', 'shared']);
  },
);
