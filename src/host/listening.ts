import { existsSync, readlinkSync } from 'node:fs';
import { chunksOf, linesOf } from './proc-lines.js';
import { isMissing } from './system-error.js';

/** The TCP ports that somebody listens on in a process's network namespace. */
export interface Listening {
  /** The namespace's inode (/proc/PID/ns/net); 0 where the process is gone. */
  readonly namespace: number;
  readonly ports: ReadonlySet<number>;
}

/** Reads whoever listens where that process is; nothing where it is gone. */
export function listeningAround(pid: number, procRoot = '/proc'): Listening {
  try {
    const link = readlinkSync(`${procRoot}/${pid}/ns/net`);
    const tables = ['tcp', 'tcp6'].map((table) => listeningPorts(`${procRoot}/${pid}/net/${table}`));
    return { namespace: Number(/^net:\[(\d+)\]$/.exec(link)?.[1] ?? 0), ports: new Set(tables.flat()) };
  } catch (error) {
    if (isMissing(error)) return { namespace: 0, ports: new Set() };
    throw error;
  }
}

/** TCP_LISTEN, include/net/tcp_states.h, as the table has it. */
const LISTEN = '0A';
const ROW = /^ *\d+: [0-9A-F]{8,32}:([0-9A-F]{4}) [0-9A-F]{8,32}:[0-9A-F]{4} ([0-9A-F]{2}) /;

/**
 * The listening sockets come first (tcp_get_idx() in net/ipv4/tcp_ipv4.c): what follows, which may be a hundred thousand
 * connections, is not read. A kernel without IPv6 has no such table.
 */
function listeningPorts(path: string): number[] {
  const ports: number[] = [];
  for (const line of linesOf(existsSync(path) ? chunksOf(path) : [])) {
    const row = ROW.exec(line);
    if (row === null) continue;
    if (row[2] !== LISTEN) break;
    ports.push(Number.parseInt(row[1] ?? '', 16));
  }
  return ports;
}
