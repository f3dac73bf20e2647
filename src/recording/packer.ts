import { gzipSync } from 'node:zlib';
import type { FaultscopeRecord } from '../record/record.js';
import { Encoder, MisfitError } from './encoder.js';
import { FRAME_HEADER_BYTES, type FrameKind, frameHeader } from './frames.js';
import { writeRecord } from './payload.js';

/** A moment that has more is written in several frames, so that a reader needs little memory for one. */
const MOST_BYTES = 2 ** 20;

/** A frame that has no number yet. */
export interface PackedFrame {
  readonly kind: FrameKind;
  readonly packed: Buffer;
  readonly payloadBytes: number;
  readonly atNs: bigint;
  /** What it takes in the file. */
  readonly bytes: number;
}

/** Turns moments into frames. */
export class Packer {
  readonly #encoder = new Encoder();
  #leftOut = 0;
  #latestNs = 0n;

  /** Records that a recording has no room for: none that a kernel tells. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** The frames of a moment. */
  frames(kind: FrameKind, records: readonly FaultscopeRecord[]): PackedFrame[] {
    const frames: PackedFrame[] = [];
    // It is of a moment before the one that was packed last.
    if (kind === 'keyframe') this.#latestNs = 0n;
    let at = 0;
    while (at < records.length) {
      const { next, bytes } = this.#encode(records, at);
      at = next;
      const payload = this.#encoder.take().subarray(0, bytes);
      if (bytes > 0) frames.push(this.#frame(kind, payload));
    }
    return frames;
  }

  /** As many as a frame may have: the next one to encode, and the bytes of those before. One that does not fit ends the frame. */
  #encode(records: readonly FaultscopeRecord[], from: number): { readonly next: number; readonly bytes: number } {
    for (let at = from; at < records.length; at += 1) {
      const bytes = this.#encoder.length;
      const record = records[at];
      if (record === undefined || bytes >= MOST_BYTES) return { next: at, bytes };
      if ('atNs' in record && record.atNs > this.#latestNs) this.#latestNs = record.atNs;
      if (!this.#tryToWrite(record)) return { next: at + 1, bytes };
    }
    return { next: records.length, bytes: this.#encoder.length };
  }

  #tryToWrite(record: FaultscopeRecord): boolean {
    try {
      writeRecord(this.#encoder, record);
      return true;
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      this.#leftOut += 1;
      return false;
    }
  }

  #frame(kind: FrameKind, payload: Uint8Array): PackedFrame {
    // The level hardly matters: what differences leave over is noise. docs/recording.md has figures.
    const packed = gzipSync(payload);
    const bytes = FRAME_HEADER_BYTES + packed.length;
    return { kind, packed, payloadBytes: payload.length, atNs: this.#latestNs, bytes };
  }
}

/** As it goes into the file. */
export function numbered({ kind, packed, payloadBytes, atNs }: PackedFrame, number: number): Buffer {
  const header = frameHeader({ kind, number, packedBytes: packed.length, payloadBytes, atNs });
  return Buffer.concat([header, packed]);
}
