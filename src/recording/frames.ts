/**
 * The layout of the file. All numbers are little-endian, all checksums FNV-1a of what is before them.
 *
 *     file header     magic (8) version (4) 0 (4) checksum (4)
 *     frame           magic (4) kind (4) number (4) packed length (4) length (4) time (8) checksum (4), then the payload,
 *                     gzipped: its CRC-32 tells whether it is whole
 *
 * Frames follow one another, numbered one by one. Each is readable by itself, so that a damaged one costs only itself.
 */
const FILE_MAGIC = Buffer.from('\x89FSCOPE\n', 'latin1');
export const FILE_HEADER_BYTES = 20;

export const FRAME_MAGIC = Buffer.from([0xf5, 0x46, 0x52, 0xa5]);
export const FRAME_HEADER_BYTES = 32;

/**
 * A frame beyond this is none that we write: a moment of more is written in several. As records a payload takes some thirty
 * times the memory at most.
 */
const MAX_PAYLOAD_BYTES = 2 * 2 ** 20;
/** What cannot be made smaller grows by a few bytes. */
const MAX_PACKED_BYTES = MAX_PAYLOAD_BYTES + 4096;

const FRAME_KINDS = ['moment', 'keyframe'] as const;
/** `moment`: records up to a tick. `keyframe`: what a reader that begins here must know of what was before. */
export type FrameKind = (typeof FRAME_KINDS)[number];

export interface FrameHeader {
  readonly kind: FrameKind;
  /** Counts up from 0. */
  readonly number: number;
  readonly packedBytes: number;
  readonly payloadBytes: number;
  /** Of the latest record in it. */
  readonly atNs: bigint;
}

export function fileHeader(version: number): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  FILE_MAGIC.copy(header);
  header.writeUInt32LE(version, 8);
  return sealed(header);
}

/** The version of the format; null where this is no recording, NaN where it is one that is damaged. */
export function versionIn(header: Buffer): number | null {
  const isOurs = header.length >= FILE_MAGIC.length && header.subarray(0, FILE_MAGIC.length).equals(FILE_MAGIC);
  if (!isOurs) return null;
  return header.length === FILE_HEADER_BYTES && isSealed(header) ? header.readUInt32LE(8) : Number.NaN;
}

export function frameHeader({ kind, number, packedBytes, payloadBytes, atNs }: FrameHeader): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  FRAME_MAGIC.copy(header);
  header.writeUInt32LE(FRAME_KINDS.indexOf(kind), 4);
  header.writeUInt32LE(number, 8);
  header.writeUInt32LE(packedBytes, 12);
  header.writeUInt32LE(payloadBytes, 16);
  header.writeBigUInt64LE(atNs, 20);
  return sealed(header);
}

/** Null where no frame can begin with these bytes. */
export function readFrameHeader(header: Buffer): FrameHeader | null {
  if (!header.subarray(0, FRAME_MAGIC.length).equals(FRAME_MAGIC) || !isSealed(header)) return null;
  const kind = FRAME_KINDS[header.readUInt32LE(4)];
  const packedBytes = header.readUInt32LE(12);
  const payloadBytes = header.readUInt32LE(16);
  if (kind === undefined || packedBytes > MAX_PACKED_BYTES || payloadBytes > MAX_PAYLOAD_BYTES) return null;
  return { kind, number: header.readUInt32LE(8), packedBytes, payloadBytes, atNs: header.readBigUInt64LE(20) };
}

function sealed(header: Buffer): Buffer {
  header.writeUInt32LE(checksum(header), header.length - 4);
  return header;
}

function isSealed(header: Buffer): boolean {
  return header.readUInt32LE(header.length - 4) === checksum(header);
}

/** FNV-1a of all but the last four bytes. */
function checksum(header: Buffer): number {
  let sum = 0x811c9dc5;
  for (const byte of header.subarray(0, -4)) sum = Math.imul(sum ^ byte, 0x01000193);
  return sum >>> 0;
}
