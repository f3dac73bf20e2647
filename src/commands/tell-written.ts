import type { ExportFormat } from '../export/formats.js';
import type { WrittenFile } from '../export/write-export.js';
import { STDOUT } from '../export/write-file.js';
import { safeText } from '../text/safe.js';
import { formatBytes } from '../text/units.js';

/** Says on stderr what was written where, and how much it is; nothing of standard output. */
export function tellWritten({ name }: ExportFormat, files: readonly WrittenFile[]): void {
  const told = files.filter(({ path }) => path !== STDOUT);
  if (told.length === 0) return;
  const list = told.map(({ path, bytes }) => `${safeText(path)} (${formatBytes(bytes)})`).join(', ');
  process.stderr.write(`faultscope: ${name} written to ${list}\n`);
}
