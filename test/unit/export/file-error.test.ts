import { describe, expect, test } from 'vitest';
import { fileError } from '../../../src/export/file-error.js';
import { sudoOwner } from '../../../src/export/sudo-owner.js';

const failure = (code: string) => Object.assign(new Error(`${code}: write`), { code });

describe('what a failed write tells the user', () => {
  test.each(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EPIPE'])('%s while writing is a failure (1)', (code) => {
    expect(fileError('/srv/out.json', failure(code)).exitCode).toBe(1);
  });

  test.each(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP'])(
    '%s is a path that cannot be used (2)',
    (code) => {
      expect(fileError('/srv/out.json', failure(code)).exitCode).toBe(2);
    },
  );

  test('names the path and what to do, and keeps the cause', () => {
    const cause = failure('EDQUOT');
    const error = fileError('/srv/out.json', cause);
    expect(error.line).toBe(
      'cannot write /srv/out.json: the disk quota is used up: free some space, or name a file on another disk',
    );
    expect(error.cause).toBe(cause);
  });
});

test('only root hands a file to who called sudo', () => {
  const env = { SUDO_UID: '1000', SUDO_GID: '1001' };
  expect(sudoOwner(env, 0)).toEqual({ uid: 1000, gid: 1001 });
  expect(sudoOwner(env, 1000)).toBeNull();
  expect(sudoOwner(env, undefined)).toBeNull();
  expect(sudoOwner({}, 0)).toBeNull();
});
