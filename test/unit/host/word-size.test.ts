import { expect, test } from 'vitest';
import { readAuxiliaryVector } from '../../../src/host/auxiliary-vector.js';
import { runs32Bits } from '../../../src/host/word-size.js';

const AT = { phdr: 3, pageSize: 6, null: 0 };

/** Type and value, one after the other, in words of so many bits. */
function vector(bits: 32 | 64, ...words: number[]): Buffer {
  const buffer = Buffer.alloc((words.length * bits) / 8);
  for (const [index, word] of words.entries()) {
    if (bits === 64) buffer.writeBigUInt64LE(BigInt(word), index * 8);
    else buffer.writeUInt32LE(word, index * 4);
  }
  return buffer;
}

test('a program of 32 bits is told from one of 64 by what the kernel handed to it', () => {
  const words = [AT.phdr, 0x8048034, AT.pageSize, 4096, AT.null, 0];
  expect(runs32Bits(1, vector(32, ...words))).toBe(true);
  expect(runs32Bits(1, vector(64, ...words))).toBe(false);
  expect(runs32Bits(process.pid)).toBe(false);
});

test('what has ended, or never was a program, is none of 32 bits', () => {
  expect(runs32Bits(4_194_303)).toBe(false);
  expect(runs32Bits(1, Buffer.alloc(0))).toBe(false);
  // A kernel thread.
  expect(runs32Bits(2, readAuxiliaryVector(2))).toBe(false);
});
