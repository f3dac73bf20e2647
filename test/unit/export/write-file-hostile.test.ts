import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkWritable, writeNewFile } from '../../../src/export/write-file.js';
import { asNobody, isRoot, NOBODY, scratchDirectory } from './scratch.js';

/** Called in place of randomBytes(8): tells the attacker the temporary name, at the moment before the file is made. */
const beforeTemporary = vi.hoisted(() => vi.fn<() => Buffer>());
vi.mock('node:crypto', async (original) => ({ ...(await original<object>()), randomBytes: () => beforeTemporary() }));

const KNOWN = Buffer.from('0123456789abcdef', 'hex');
const TEMPORARY = '.faultscope-0123456789abcdef';

let scratch: ReturnType<typeof scratchDirectory>;
/** Sticky and writable for all, as /tmp is. */
let shared: string;
let victim: string;
let file: string;

beforeEach(() => {
  beforeTemporary.mockReset().mockReturnValue(KNOWN);
  scratch = scratchDirectory();
  chmodSync(scratch.path, 0o755);
  shared = join(scratch.path, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  victim = join(scratch.path, 'shadow');
  writeFileSync(victim, 'precious', { mode: 0o600 });
  file = join(shared, 'out.json');
});
afterEach(() => {
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  scratch.remove();
});

const plant = (target: string, path: string) =>
  isRoot ? asNobody(() => symlinkSync(target, path)) : symlinkSync(target, path);

describe('in a directory where others may plant symbolic links', () => {
  test.each(['existing', 'dangling'])('a link at the name, %s, is never followed', async (kind) => {
    const target = kind === 'existing' ? victim : join(scratch.path, 'crontab');
    await plant(target, file);
    await expect(checkWritable(file, { force: false })).rejects.toThrow('exists already');
    await expect(writeNewFile(file, ['data'], { force: false })).rejects.toThrow('exists already');
    expect(readlinkSync(file)).toBe(target);
    expect(readdirSync(scratch.path).sort()).toEqual(['shadow', 'shared']);
  });

  test('a link at the name is replaced itself when forced', async () => {
    await plant(victim, file);
    await writeNewFile(file, ['data'], { force: true });
    expect(lstatSync(file).isFile()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('data');
  });

  test('a link that appears at the name while writing is not followed', async () => {
    beforeTemporary.mockImplementation(() => {
      symlinkSync(victim, file);
      return KNOWN;
    });
    await expect(writeNewFile(file, ['data'], { force: false })).rejects.toThrow('exists already');
    expect(readdirSync(shared)).toEqual(['out.json']);
  });

  test.each([true, false])(
    'a link at the temporary name, were it guessed, is not followed (force %s)',
    async (force) => {
      await plant(victim, join(shared, TEMPORARY));
      await expect(writeNewFile(file, ['data'], { force })).rejects.toThrow(`cannot write ${file}`);
      expect(readlinkSync(join(shared, TEMPORARY))).toBe(victim);
      expect(readdirSync(shared)).toEqual([TEMPORARY]);
    },
  );

  test('a directory link that is turned elsewhere while writing does not divert the file', async () => {
    mkdirSync(join(scratch.path, 'mine'));
    mkdirSync(join(scratch.path, 'etc'));
    const link = join(shared, 'link');
    symlinkSync(join(scratch.path, 'mine'), link);
    beforeTemporary.mockImplementation(() => {
      unlinkSync(link);
      symlinkSync(join(scratch.path, 'etc'), link);
      return KNOWN;
    });
    await writeNewFile(join(link, 'out.json'), ['data'], { force: false });
    expect(readdirSync(join(scratch.path, 'etc'))).toEqual([]);
    expect(readdirSync(join(scratch.path, 'mine'))).toEqual(['out.json']);
  });
});

describe.skipIf(!isRoot)('as root under sudo', () => {
  afterEach(() => vi.unstubAllEnvs());

  const ownerWith = async (uid: string, gid: string) => {
    vi.stubEnv('SUDO_UID', uid);
    vi.stubEnv('SUDO_GID', gid);
    await writeNewFile(file, ['data'], { force: true });
    return { uid: statSync(file).uid, gid: statSync(file).gid };
  };

  test('the file belongs to who called sudo', async () => {
    expect(await ownerWith(String(NOBODY), '12')).toEqual({ uid: NOBODY, gid: 12 });
    expect(await asNobody(() => readFileSync(file, 'utf8'))).toBe('data');
  });

  test.each([
    ['-1', '12'],
    ['1e3', '12'],
    ['4294967295', '12'],
    ['12', ''],
    [' 12', '12'],
  ])('unsound ids %j and %j leave it to root', async (uid, gid) => {
    expect(await ownerWith(uid, gid)).toEqual({ uid: 0, gid: 0 });
  });
});
