import { closeSync, openSync, readSync } from 'node:fs';
import { errnoOf } from '../../errors.js';
import { readVisible } from '../system-error.js';

/** Scratch for the small reads: one value at a time. */
const scratch = Buffer.alloc(8);

/**
 * The memory of a process, read through /proc/PID/mem (proc_pid_mem(5)); it is opened read-only and never written. A
 * descriptor belongs to the address space it was opened on: after execve(2) and after the end every read is null.
 */
export class ProcessMemory {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Null where the process is gone, or where the kernel does not let us look (PTRACE_MODE_ATTACH). */
  static open(pid: number): ProcessMemory | null {
    return readVisible(() => new ProcessMemory(openSync(`/proc/${pid}/mem`, 'r')));
  }

  /** Fills `into` from `address` on; false where not all of it is mapped. */
  read(address: bigint, into: Buffer): boolean {
    return this.readSome(address, into) === into.length;
  }

  /** How many bytes from `address` on are mapped, at most as many as `into` holds; they are in it then. */
  readSome(address: bigint, into: Buffer): number {
    if (address < 0n || address > MAX_ADDRESS) return 0;
    try {
      return readSync(this.#fd, into, 0, into.length, address);
    } catch (error) {
      // EIO: nothing is mapped there; EFAULT: it may not be read.
      if (UNREADABLE.has(errnoOf(error) ?? '')) return 0;
      throw error;
    }
  }

  int32(address: bigint): number | null {
    return this.read(address, scratch.subarray(0, 4)) ? scratch.readInt32LE(0) : null;
  }

  /** An unsigned word of 64 bits, such as a pointer. */
  word(address: bigint): bigint | null {
    return this.read(address, scratch) ? scratch.readBigUInt64LE(0) : null;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** User space ends below this on every 64-bit Linux; a position beyond 2^63 cannot be asked for. */
const MAX_ADDRESS = 2n ** 57n;

const UNREADABLE: ReadonlySet<string> = new Set(['EIO', 'EFAULT', 'ESRCH', 'EINVAL', 'EOVERFLOW']);
