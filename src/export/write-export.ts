import { ExitCode, FaultscopeError } from '../errors.js';
import type { ExportPlan, PlannedFile } from './export-plan.js';
import type { ExportedSession } from './exported-session.js';
import { escapeUnseen } from './render-json.js';
import { checkWritable, type FilePiece, STDOUT, type WriteOptions, writeNewFile, writeNewFiles } from './write-file.js';

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
  const pieces = piecesOf(files, session);
  if (files[0]?.path === STDOUT) {
    return [{ path: STDOUT, bytes: await writeNewFile(STDOUT, forStdout(pieces), options) }];
  }
  const paths = files.map(({ path }) => path);
  const bytes = await writeNewFiles(paths, pieces, options);
  return paths.map((path, index) => ({ path, bytes: bytes[index] ?? 0 }));
}

/** All files of an export, for which the session is played once; what needs only its end is made when it is there. */
function* piecesOf(files: readonly PlannedFile[], session: ExportedSession): Generator<FilePiece> {
  const players = files.flatMap(({ table }, file) => ('play' in table ? [{ file, player: table.play() }] : []));
  for (const { file, player } of players) yield { file, piece: player.head };
  if (players.length > 0) {
    for (const moment of session.moments()) {
      for (const { file, player } of players) for (const piece of player.moment(moment)) yield { file, piece };
    }
  }
  for (const { file, player } of players) for (const piece of player.end(session.end())) yield { file, piece };
  for (const [file, { table }] of files.entries()) {
    if ('render' in table) for (const piece of table.render(session)) yield { file, piece };
  }
}

/** There is only one file of them. */
function* forStdout(pieces: Iterable<FilePiece>): Generator<string | Uint8Array> {
  const isTerminal = process.stdout.isTTY === true;
  for (const { piece } of pieces) yield isTerminal && typeof piece === 'string' ? forTerminal(piece) : piece;
}

/** Names from outside are as they are in a file; a terminal would act upon them. */
function forTerminal(text: string): string {
  return escapeUnseen(text.replaceAll('\r\n', '\n'));
}
