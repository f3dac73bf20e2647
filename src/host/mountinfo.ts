import { chunksOf, linesOf } from './proc-lines.js';
import { readVisible } from './system-error.js';

/**
 * File systems that a process sees, type by device (major << 20 | minor), from /proc/PID/mountinfo; none where that is
 * gone, or not for us to see. A type may have a subtype: `fuse.sshfs`.
 */
export function fileSystems(path: string): ReadonlyMap<number, string> {
  return readVisible(() => parseMounts(linesOf(chunksOf(path)))) ?? new Map();
}

/** `id parent major:minor root mountpoint options [optional fields] - type source options` (proc_pid_mountinfo(5)). */
const MOUNT = /^\d+ \d+ (\d+):(\d+) .* - (\S+) /;

function parseMounts(lines: Iterable<string>): Map<number, string> {
  const types = new Map<number, string>();
  for (const line of lines) {
    const [, major, minor, type] = MOUNT.exec(line) ?? [];
    if (type !== undefined) types.set(Number(major) * 2 ** 20 + Number(minor), type);
  }
  return types;
}

/** Devices of the overlay file systems among them. */
export function overlayDevices(path: string): ReadonlySet<number> {
  return new Set([...fileSystems(path)].flatMap(([device, type]) => (type === 'overlay' ? [device] : [])));
}

/**
 * Local file systems, of which open(2) leaves the page cache as it is. Others may not: FUSE drops all pages of a file that is
 * opened, unless its server asks to keep them (fuse_finish_open() in fs/fuse/file.c), and network file systems ask a server
 * whether they still hold.
 */
const KEEP_PAGES: ReadonlySet<string> = new Set([
  ...[
    'bcachefs',
    'btrfs',
    'erofs',
    'exfat',
    'ext2',
    'ext3',
    'ext4',
    'f2fs',
    'iso9660',
    'jfs',
    'msdos',
    'nilfs2',
    'ntfs3',
  ],
  ...['overlay', 'ramfs', 'reiserfs', 'squashfs', 'tmpfs', 'udf', 'vfat', 'xfs', 'zfs'],
]);

/** Whether a file on these devices (of an overlay and of the layer below it) can be opened without effect on its pages. */
export function keepsPages(devices: readonly number[], tables: readonly ReadonlyMap<number, string>[]): boolean {
  return devices.every((device) => {
    const type = tables.map((table) => table.get(device)).find((found) => found !== undefined);
    return type !== undefined && KEEP_PAGES.has(type);
  });
}
