import { ExitCode, FaultscopeError } from '../errors.js';
import type { ExportPlan } from './export-plan.js';
import type { ExportedSession, ExportPieces } from './exported-session.js';
import { escapeUnseen } from './render-json.js';
import { checkWritable, STDOUT, type WriteOptions, writeNewFile, writeNewFiles } from './write-file.js';

/** A file that was written. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
}

/** Finds out whether {@link writeExport} can write there. Throws the error that it would throw, leaves nothing behind. */
export async function checkExport({ files, format }: ExportPlan, options: WriteOptions): Promise<void> {
  for (const { path } of files) {
    if (path === STDOUT && format.binary === true && process.stdout.isTTY === true) {
      throw new FaultscopeError({
        exitCode: ExitCode.usage,
        message: `${format.name} is no text for a terminal`,
        hint: 'write it to a file, or into a pipe',
      });
    }
    await checkWritable(path, options);
  }
}

/** Writes an export, whole or not at all. Throws a FaultscopeError as writeNewFile does. */
export async function writeExport(
  { files }: ExportPlan,
  session: ExportedSession,
  options: WriteOptions,
): Promise<WrittenFile[]> {
  const [first] = files;
  if (first?.path === STDOUT) {
    const pieces = first.table.render(session);
    const shown = process.stdout.isTTY === true ? forTerminal(pieces) : pieces;
    return [{ path: STDOUT, bytes: await writeNewFile(STDOUT, shown, options) }];
  }
  const bytes = await writeNewFiles(
    files.map(({ path, table }) => ({ path, pieces: table.render(session) })),
    options,
  );
  return files.map(({ path }, index) => ({ path, bytes: bytes[index] ?? 0 }));
}

/** Names from outside are as they are in a file; a terminal would act upon them. */
function* forTerminal(pieces: ExportPieces): Generator<string | Uint8Array> {
  for (const piece of pieces) yield typeof piece === 'string' ? escapeUnseen(piece.replaceAll('\r\n', '\n')) : piece;
}
