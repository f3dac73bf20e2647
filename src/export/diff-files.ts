import type { Diff } from '../diff/diff.js';

/** The two recordings, as the user named them. */
export interface DiffFiles {
  readonly before: DiffFile;
  readonly after: DiffFile;
}

export interface DiffFile {
  readonly path: string;
  /** How far it can be trusted, in sentences. */
  readonly warnings: readonly string[];
}

/** In which ways the two are not like with like, and what is missing in the files. */
export function diffNotes({ notes }: Diff, { before, after }: DiffFiles): string[] {
  return [
    ...notes,
    ...before.warnings.map((warning) => `before: ${warning}`),
    ...after.warnings.map((warning) => `after: ${warning}`),
  ];
}
