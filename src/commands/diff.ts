import { extname } from 'node:path';
import { type ConditionResult, resultOf } from '../diff/condition.js';
import { type Diff, diffOf } from '../diff/diff.js';
import { Readings } from '../diff/readings.js';
import type { Side } from '../diff/side.js';
import { ExitCode, FaultscopeError } from '../errors.js';
import { diffDocument } from '../export/diff-document.js';
import type { DiffFile, DiffFiles } from '../export/diff-files.js';
import { renderDiffText } from '../export/diff-text.js';
import { RecordedSession } from '../export/exported-session.js';
import { renderDiffHtml } from '../export/html/render-diff.js';
import { renderJson } from '../export/render-json.js';
import { checkWritable, writeNewFile } from '../export/write-file.js';
import { type OpenedFile, openFile } from '../recording/opened-file.js';
import { safeText } from '../text/safe.js';
import { parseFailIf } from './fail-if.js';
import { stepDown } from './step-down.js';
import { toolVersion } from './version.js';
import { withRecording } from './with-recording.js';

export interface DiffOptions {
  readonly format?: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly failIf?: readonly string[];
}

/** `faultscope diff BEFORE AFTER`: did the change help? Returns the exit code. */
export async function diff(beforePath: string, afterPath: string, options: DiffOptions): Promise<number> {
  const conditions = (options.failIf ?? []).map(parseFailIf);
  const output = options.output ?? '-';
  const render = RENDERERS[formatOf(options.format, output)];
  const writing = { force: options.force === true };
  const beforeFile = openFile(beforePath);
  const afterFile = openFile(afterPath);
  stepDown();
  await checkWritable(output, writing);
  const before = await play(beforeFile);
  const after = await play(afterFile);
  const compared = diffOf(before.side, after.side);
  const results = conditions.map((condition) => resultOf(condition, compared));
  const files = { before: before.file, after: after.file };
  await writeNewFile(output, [render(compared, files, results)], writing);
  if (output !== '-') process.stderr.write(`faultscope: comparison written to ${safeText(output)}\n`);
  return gate(results);
}

const FORMATS = ['text', 'json', 'html'] as const;
type Format = (typeof FORMATS)[number];

type Renderer = (diff: Diff, files: DiffFiles, conditions: readonly ConditionResult[]) => string;

const RENDERERS: { readonly [format in Format]: Renderer } = {
  text: renderDiffText,
  json: (compared, files, conditions) => renderJson(diffDocument(compared, files, conditions, toolVersion())),
  html: (compared, files, conditions) => renderDiffHtml(compared, files, conditions, toolVersion()),
};

const ENDINGS: { readonly [ending: string]: Format } = { '.json': 'json', '.html': 'html' };

function formatOf(given: string | undefined, output: string): Format {
  const found = FORMATS.find((format) => format === (given ?? ENDINGS[extname(output)] ?? 'text'));
  if (found !== undefined) return found;
  throw new FaultscopeError({
    exitCode: ExitCode.usage,
    message: `--format ${given} is none of diff's`,
    hint: `give one of ${FORMATS.join(', ')}`,
  });
}

function play(opened: OpenedFile): Promise<{ side: Side; file: DiffFile }> {
  return withRecording(opened, (recording) => {
    const session = new RecordedSession(recording.session, () => recording.batches());
    const readings = new Readings();
    for (const { records, trace } of session.moments()) {
      if (records.at(-1)?.kind === 'tick') readings.take(trace);
    }
    const { snapshot, diagnosis } = session.end();
    return { side: { snapshot, diagnosis, readings }, file: { path: opened.path, warnings: recording.warnings } };
  });
}

/** A gate in CI is told by the exit code, and on stderr why. */
function gate(results: readonly ConditionResult[]): number {
  const failing = results.filter(({ state }) => state !== 'clear');
  for (const { sentence } of failing) process.stderr.write(`faultscope: --fail-if ${safeText(sentence)}\n`);
  return failing.length === 0 ? ExitCode.done : ExitCode.condition;
}
