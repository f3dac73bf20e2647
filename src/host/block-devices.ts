import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Devices are numbered here as the kernel does: major << 20 | minor (MKDEV() in include/linux/kdev_t.h). */

const MINOR_BITS = 20;

/** The disk that each partition of the host is on. */
export function partitionsOfDisks(sysRoot = '/sys'): ReadonlyMap<number, number> {
  const disks = new Map<number, number>();
  const root = join(sysRoot, 'class/block');
  for (const name of orNothing(() => readdirSync(root)) ?? []) {
    // Only a partition has such a file; its directory lies in that of its disk.
    if (textOf(join(root, name, 'partition')) === null) continue;
    const link = orNothing(() => readlinkSync(join(root, name)));
    const part = numberOf(textOf(join(root, name, 'dev')));
    const disk = link === null ? null : numberOf(textOf(join(root, link, '..', 'dev')));
    if (part !== null && disk !== null) disks.set(part, disk);
  }
  return disks;
}

/** e.g. nvme0n1; null where there is none (any more). */
export function blockDeviceName(device: number, sysRoot = '/sys'): string | null {
  const numbers = `${device >>> MINOR_BITS}:${device & ((1 << MINOR_BITS) - 1)}`;
  const link = orNothing(() => readlinkSync(join(sysRoot, 'dev/block', numbers)));
  return link === null ? null : basename(link);
}

/**
 * The devices that hold swap, and those of the file systems that hold swap files. A partition is given as its disk; a
 * swap file on a file system without a device of its own (btrfs) gives none.
 */
export function swapDevices(disks: ReadonlyMap<number, number>, procRoot = '/proc'): ReadonlySet<number> {
  const rows = (textOf(join(procRoot, 'swaps')) ?? '').split('\n').slice(1);
  const devices = new Set<number>();
  for (const row of rows) {
    const path = /^(\S+)\s+(?:partition|file)\s/.exec(row)?.[1];
    const stat = path === undefined ? null : orNothing(() => statSync(unescaped(path)));
    if (stat === null) continue;
    const device = kernelNumber(stat.isBlockDevice() ? stat.rdev : stat.dev);
    devices.add(disks.get(device) ?? device);
  }
  return devices;
}

/** stat(2) packs a device's numbers otherwise (new_encode_dev(), include/linux/kdev_t.h). */
export function kernelNumber(statDevice: number): number {
  const major = (statDevice >>> 8) & 0xfff;
  const minor = (statDevice & 0xff) | ((statDevice >>> 12) & 0xfff00);
  return major * 2 ** MINOR_BITS + minor;
}

/** "254:3" */
function numberOf(text: string | null): number | null {
  const [, major, minor] = /^(\d+):(\d+)\n?$/.exec(text ?? '') ?? [];
  return major === undefined ? null : Number(major) * 2 ** MINOR_BITS + Number(minor);
}

/** seq_path() writes blanks, tabs, newlines and backslashes as octal numbers. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_whole, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function textOf(path: string): string | null {
  return orNothing(() => readFileSync(path, 'utf8'));
}

/** Devices come and go while they are read; what cannot be read is not known. */
function orNothing<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
