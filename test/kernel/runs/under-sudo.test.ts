import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../support/repository.js';

const NOBODY = 65534;
const CLI = join(REPOSITORY, 'dist/cli.js');

/** Of root's alone, as what the service or root's shell has recorded. */
const directory = mkdtempSync('/var/tmp/faultscope-sudo-');
const recording = join(directory, 'x.fscope');
const mine = join(directory, 'mine');
chmodSync(directory, 0o755);
copyFileSync(join(REPOSITORY, 'test/fixtures/recordings/v1.fscope'), recording);
chmodSync(recording, 0o600);
mkdirSync(mine);
chownSync(mine, NOBODY, NOBODY);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const env = { ...process.env, SUDO_UID: String(NOBODY), SUDO_GID: String(NOBODY) };
const faultscope = (...args: readonly string[]) =>
  spawnSync(process.execPath, [CLI, ...args], { env, encoding: 'utf8' });

describe('commands that read a recording, under sudo', () => {
  test.each([
    ['report', [recording, '-o', join(mine, 'report.txt')]],
    ['export', [recording, '-o', join(mine, 'export.json')]],
    ['diff', [recording, recording, '-o', join(mine, 'diff.html')]],
  ])('%s reads what root may open, and writes as who called', (command, args) => {
    const { status, stderr } = faultscope(command, ...args);
    expect([status, stderr.includes('permission')]).toEqual([0, false]);
    const [, path = ''] = /(\S+)$/.exec(args.join(' ')) ?? [];
    expect([statSync(path).uid, statSync(path).gid, statSync(path).mode & 0o777]).toEqual([NOBODY, NOBODY, 0o600]);
  });

  test.each(['report', 'export'])('%s is root no longer: it cannot write where only root may', (command) => {
    const before = readdirSync(directory);
    const { status, stderr } = faultscope(command, recording, '-o', join(directory, 'out.json'));
    expect(stderr).toContain('no permission to write');
    expect(status).toBe(2);
    expect(readdirSync(directory)).toEqual(before);
  });

  test('what is left of root is nothing: no user, group or capability, in any thread', () => {
    const look = `
      const { stepDown } = await import('${REPOSITORY}/dist/commands/step-down.js');
      const { readdirSync, readFileSync } = await import('node:fs');
      stepDown();
      let back = 'none';
      try { process.setuid(0); back = 'root'; } catch {}
      const of = (tid) => readFileSync('/proc/self/task/' + tid + '/status', 'utf8').match(/^(Uid|Gid|Groups|Cap(Eff|Prm|Inh)).*/gm);
      console.log(JSON.stringify([back, ...new Set(readdirSync('/proc/self/task').flatMap(of))]));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', look], { env, encoding: 'utf8' });
    const ids = [NOBODY, NOBODY, NOBODY, NOBODY].join('\t');
    const none = '0'.repeat(16);
    expect(JSON.parse(stdout)).toEqual([
      ...['none', `Uid:\t${ids}`, `Gid:\t${ids}`, `Groups:\t${NOBODY} `],
      ...[`CapInh:\t${none}`, `CapPrm:\t${none}`, `CapEff:\t${none}`],
    ]);
  });
});
