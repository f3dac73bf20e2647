import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { writeToStream } from '../../../src/export/write-stream.js';

describe('writing to standard output', () => {
  test('delivers all of it, more than a pipe holds', async () => {
    const reader = spawn('cat', [], { stdio: ['pipe', 'pipe', 'ignore'] });
    const read = text(reader.stdout);
    await writeToStream(reader.stdin, ['x'.repeat(1_000_000)]);
    reader.stdin.end();
    expect((await read).length).toBe(1_000_000);
  });

  test('says that the reader has gone', async () => {
    const reader = spawn('sh', ['-c', 'exec <&-; echo closed; exec sleep 60'], { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(reader.stdout, 'data');
    const write = writeToStream(reader.stdin, ['x'.repeat(1_000_000)]);
    await expect(write).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('reader has gone') });
    reader.kill();
  });

  test('says that the disk is full', async () => {
    const write = writeToStream(createWriteStream('/dev/full'), ['data']);
    await expect(write).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('the disk is full') });
  });

  test('leaves no listener behind', async () => {
    const out = new PassThrough();
    await writeToStream(out, ['data']);
    expect(out.listenerCount('error')).toBe(0);
  });
});
