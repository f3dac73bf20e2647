import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { listeningAround } from '../../../src/host/listening.js';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const NOWHERE = '00000000:0000';
const CONNECTED = '0100007F:1F90';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** A row as tcp4_seq_show() and tcp6_seq_show() print it. */
function row(index: number, address: string, port: number, state: string, remote = NOWHERE): string {
  const local = `${address}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return `${String(index).padStart(4)}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${index}\n`;
}

/** A /proc with one process in it. */
function procWith(tables: { readonly [table: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'faultscope-proc-'));
  directories.push(root);
  mkdirSync(join(root, '40/ns'), { recursive: true });
  mkdirSync(join(root, '40/net'));
  symlinkSync('net:[4026531840]', join(root, '40/ns/net'));
  for (const [table, text] of Object.entries(tables)) writeFileSync(join(root, '40/net', table), text);
  return root;
}

test('ports that are listened on are found, of IPv4 and IPv6, each once; connections are not', () => {
  const root = procWith({
    tcp: `${HEAD}${row(0, '00000000', 80, '0A')}${row(1, '0100007F', 65_535, '0A')}${row(2, '0100007F', 33_000, '01', CONNECTED)}`,
    tcp6: `${HEAD}${row(0, '0'.repeat(32), 80, '0A', `${'0'.repeat(32)}:0000`)}${row(1, '0'.repeat(32), 443, '0A', `${'0'.repeat(32)}:0000`)}`,
  });
  expect(listeningAround(40, root)).toEqual({ namespace: 4_026_531_840, ports: new Set([80, 65_535, 443]) });
});

test('a kernel without IPv6 has one table less', () => {
  expect(listeningAround(40, procWith({ tcp: HEAD + row(0, '00000000', 22, '0A') })).ports).toEqual(new Set([22]));
});

test('a thousand listeners are all found: more than one read of the file', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => row(i, '00000000', 10_000 + i, '0A'));
  expect(listeningAround(40, procWith({ tcp: HEAD + rows.join('') })).ports.size).toBe(1000);
});

test('connections come after the listeners, and are not read through', () => {
  const many = Array.from({ length: 2000 }, (_, i) => row(i + 1, '0100007F', 33_000, '01', CONNECTED)).join('');
  const root = procWith({ tcp: HEAD + row(0, '00000000', 80, '0A') + many + row(9999, '00000000', 81, '0A') });
  expect(listeningAround(40, root).ports).toEqual(new Set([80]));
});

test('a process that is gone has nothing', () => {
  expect(listeningAround(41, procWith({}))).toEqual({ namespace: 0, ports: new Set() });
});

test('garbage in a table is passed over', () => {
  const root = procWith({ tcp: `${HEAD}nonsense\n\n${row(0, '00000000', 80, '0A')}` });
  expect(listeningAround(40, root).ports).toEqual(new Set([80]));
});

test('the real kernel tells a port as soon as it is listened on, and its namespace by its inode', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const { namespace, ports } = listeningAround(process.pid);
  server.close();
  expect(ports).toContain(typeof address === 'object' ? address?.port : undefined);
  expect(`net:[${namespace}]`).toBe(readlinkSync('/proc/self/ns/net'));
});
