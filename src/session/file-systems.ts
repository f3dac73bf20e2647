import { fileSystemTypes } from '../host/mountinfo.js';

/** Mounts come and go: how soon they are looked at again for a device that is not known, and for one that is. */
const UNKNOWN_PAUSE_NS = 1_000_000_000n;
const KNOWN_PAUSE_NS = 30_000_000_000n;

/** Those without a block device of their own whose pages are in this host's memory for good until it evicts them. */
const LOCAL_TYPES: ReadonlySet<string> = new Set(['bcachefs', 'btrfs', 'overlay', 'ramfs', 'tmpfs', 'ubifs', 'zfs']);

/** What kind of file systems the target's files are on. */
export class FileSystems {
  readonly #read: () => ReadonlyMap<number, string>;
  readonly #nowNs: () => bigint;
  #types: ReadonlyMap<number, string> = new Map();
  #readNs: bigint | null = null;

  constructor(read: () => ReadonlyMap<number, string>, nowNs: () => bigint) {
    this.#read = read;
    this.#nowNs = nowNs;
  }

  isOverlay(device: number): boolean {
    return this.#typeOf(device) === 'overlay';
  }

  /**
   * Whether its files can be looked at without a server's help. Over a network, and in FUSE, that may take for ever, and to
   * open a file may throw its pages out of memory (FUSE does, unless the server says FOPEN_KEEP_CACHE).
   */
  isLocal(device: number): boolean {
    const type = this.#typeOf(device);
    return device >= 2 ** 20 ? type !== 'fuseblk' : type !== null && LOCAL_TYPES.has(type);
  }

  #typeOf(device: number): string | null {
    const pauseNs = this.#types.has(device) ? KNOWN_PAUSE_NS : UNKNOWN_PAUSE_NS;
    const nowNs = this.#nowNs();
    if (this.#readNs === null || nowNs - this.#readNs >= pauseNs) {
      this.#types = this.#read();
      this.#readNs = nowNs;
    }
    return this.#types.get(device) ?? null;
  }
}

/** What the target has mounted, and what we have: the layers below an overlay are often seen by the host alone. */
export function fileSystemsOf(pid: number, nowNs: () => bigint): FileSystems {
  const read = () =>
    new Map([...fileSystemTypes('/proc/self/mountinfo'), ...fileSystemTypes(`/proc/${pid}/mountinfo`)]);
  return new FileSystems(read, nowNs);
}
