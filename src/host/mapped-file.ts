import { readlink, stat } from 'node:fs/promises';
import type { Mapping } from './mappings.js';

/**
 * The path under which the very file of a mapping can be opened, whatever mount namespace it is in and whether it still has
 * a name (proc_pid_map_files(5)); until it is unmapped.
 */
export function mappedFilePath(pid: number, { start, end }: Mapping): string {
  return `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
}

/** Its size in bytes; null where another file is mapped there by now, or it cannot be looked at. Never rejects. */
export async function mappedFileSize(pid: number, mapping: Mapping): Promise<bigint | null> {
  const path = mappedFilePath(pid, mapping);
  try {
    const { size } = await stat(path, { bigint: true });
    return (await readlink(path)) === mapping.path ? size : null;
  } catch {
    return null;
  }
}
