import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Writes messages field by field, by the numbers of their schema. Numbers are whole; texts are written as UTF-8. */
export class MessageWriter {
  readonly #out = new BinaryWriter();

  /** Any of protobuf's plain integers but the zigzag ones: uint32 to int64, bool, enum. */
  integer(field: number, value: number | bigint): void {
    this.#out.tag(field, WireType.Varint);
    this.#varint(value);
  }

  double(field: number, value: number): void {
    this.#out.tag(field, WireType.Bit64).double(value);
  }

  text(field: number, value: string): void {
    this.#out.tag(field, WireType.LengthDelimited).string(value);
  }

  message(field: number, write: () => void): void {
    this.begin(field);
    write();
    this.end();
  }

  /** Begins a message, to which belongs what is written until its end. */
  begin(field: number): void {
    this.#out.tag(field, WireType.LengthDelimited).fork();
  }

  /** Ends the message that was begun last. */
  end(): void {
    this.#out.join();
  }

  /** A repeated integer, packed. */
  integers(field: number, values: readonly number[]): void {
    this.message(field, () => {
      for (const value of values) this.#varint(value);
    });
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    return this.#out.finish();
  }

  #varint(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && value <= 0xffff_ffff) this.#out.uint32(value);
    else if (value >= 0) this.#out.uint64(value);
    else this.#out.int64(value);
  }
}
