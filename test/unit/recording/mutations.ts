import { gunzipSync, gzipSync } from 'node:zlib';
import type { FaultscopeRecord } from '../../../src/record/record.js';
import { FILE_HEADER_BYTES, FRAME_HEADER_BYTES, frameHeader, readFrameHeader } from '../../../src/recording/frames.js';
import { Packer } from '../../../src/recording/packer.js';

/** A number in [0, below). */
export type Random = (below: number) => number;

/** A recording, as its file header and its frames; and the records that are in it. */
export interface Material {
  readonly header: Buffer;
  readonly frames: readonly Buffer[];
  readonly moments: readonly (readonly FaultscopeRecord[])[];
}

export function materialOf(bytes: Buffer, moments: Material['moments']): Material {
  const frames: Buffer[] = [];
  for (let at = FILE_HEADER_BYTES; at < bytes.length; ) {
    const header = readFrameHeader(bytes.subarray(at, at + FRAME_HEADER_BYTES));
    if (header === null) throw new Error('the material is damaged itself');
    const end = at + FRAME_HEADER_BYTES + header.packedBytes;
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return { header: bytes.subarray(0, FILE_HEADER_BYTES), frames, moments };
}

/** One of many ways to make a hostile or damaged recording of a good one. */
export function mutated(material: Material, random: Random): Buffer {
  const ways = [flipped, cut, spliced, withOddFrames, withOddPayload, withOddPayload, withOddRecords, withOddRecords];
  return (ways[random(ways.length)] ?? flipped)(material, random);
}

function whole({ header, frames }: Pick<Material, 'header' | 'frames'>): Buffer {
  return Buffer.concat([header, ...frames]);
}

function flipped(material: Material, random: Random): Buffer {
  const bytes = whole(material);
  for (let count = 1 + random(20); count > 0; count -= 1) {
    const at = random(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
  }
  return bytes;
}

function cut(material: Material, random: Random): Buffer {
  const bytes = whole(material);
  const tail = [Buffer.alloc(0), Buffer.alloc(random(9000)), bytes.subarray(random(bytes.length))];
  return Buffer.concat([bytes.subarray(0, random(bytes.length)), tail[random(tail.length)] ?? bytes]);
}

/** Frames in another order, some missing, some twice. */
function spliced({ header, frames }: Material, random: Random): Buffer {
  const count = 1 + random(3 * frames.length);
  const others = Array.from({ length: count }, () => frames[random(frames.length)] ?? header);
  return whole({ header, frames: random(2) === 0 ? others : [frames[0] ?? header, ...others] });
}

/** Lengths, numbers and times that are not true, under a checksum that is. */
function withOddFrames({ header, frames }: Material, random: Random): Buffer {
  const odd = frames.map((frame) => {
    const told = readFrameHeader(frame.subarray(0, FRAME_HEADER_BYTES));
    if (told === null || random(3) > 0) return frame;
    const number = (true_: number): number => [true_, 0, 0xffff_ffff, random(2 ** 32), true_ + 1][random(5)] ?? 0;
    const wrong = {
      kind: random(4) === 0 ? ('keyframe' as const) : told.kind,
      number: number(told.number),
      packedBytes: number(told.packedBytes),
      payloadBytes: number(told.payloadBytes),
      atNs: random(2) === 0 ? told.atNs : 2n ** 64n - 1n,
    };
    return Buffer.concat([frameHeader(wrong), frame.subarray(FRAME_HEADER_BYTES)]);
  });
  return whole({ header, frames: odd });
}

/** Payloads that are packed and checksummed as they should be, and are not what we write. */
function withOddPayload({ header, frames }: Material, random: Random): Buffer {
  const odd = frames.map((frame) => {
    const told = readFrameHeader(frame.subarray(0, FRAME_HEADER_BYTES));
    if (told === null || random(2) === 0) return frame;
    const payload = gunzipSync(frame.subarray(FRAME_HEADER_BYTES));
    for (let count = 1 + random(4); count > 0; count -= 1) payload.writeUInt8(random(256), random(payload.length));
    const packed = gzipSync(payload, { level: 1 });
    return Buffer.concat([frameHeader({ ...told, packedBytes: packed.length }), packed]);
  });
  return whole({ header, frames: odd });
}

/** Records that are each as they may be, and together are no session. */
function withOddRecords({ header, moments }: Material, random: Random): Buffer {
  const packer = new Packer();
  const frames = moments.flatMap((records, index) => {
    const odd = records.flatMap((record): FaultscopeRecord[] => {
      if (index === 0 && record.kind === 'session') return [random(4) === 0 ? oddly(record, random) : record];
      if (random(10) > 0) return [record];
      return [[], [record, record], [oddly(record, random)], [oddly(record, random), record]][random(4)] ?? [];
    });
    return packer.frames('moment', odd);
  });
  return whole({ header, frames });
}

const ODD_NUMBERS = [0, 1, 255, 16_383, 2 ** 17 - 1, 2 ** 20, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 51 - 1, 2 ** 53 - 1];
const ODD_BIGINTS = [0n, 1n, 2n ** 31n, 2n ** 52n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n];
const ODD_STRINGS = [
  '',
  '\u001b[2J',
  '{red-fg}{/}',
  '<script>',
  'x'.repeat(5000),
  '\ud83d',
  '%s%n',
  '../../etc/passwd',
];

/** Some of its values are such as never come; where the format has no room for one, the packer leaves the record out. */
function oddly<Value>(value: Value, random: Random): Value {
  const other = (part: unknown): unknown => {
    if (typeof part === 'number') return ODD_NUMBERS[random(ODD_NUMBERS.length)];
    if (typeof part === 'bigint') return ODD_BIGINTS[random(ODD_BIGINTS.length)];
    if (typeof part === 'string') return ODD_STRINGS[random(ODD_STRINGS.length)];
    if (typeof part === 'boolean') return random(2) === 0;
    if (Array.isArray(part)) return part.map(other);
    return part === null ? null : oddly(part, random);
  };
  const parts = Object.entries(value ?? {}).map(([name, part]): [string, unknown] => {
    const stays = name === 'kind' || random(3) > 0;
    // Choices are told by name: an odd one would only be left out.
    return [name, stays || (typeof part === 'string' && /^[a-z-]+$/.test(part)) ? part : other(part)];
  });
  return { ...value, ...Object.fromEntries(parts) };
}
