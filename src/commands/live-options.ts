import type { ExportOptions } from './live-exports.js';

/** The main command's options, as given. */
export interface LiveOptions extends ExportOptions {
  readonly pid?: readonly string[];
  readonly name?: readonly string[];
  readonly in?: string;
  readonly headless?: boolean;
  readonly duration?: string;
  readonly interval?: string;
  readonly capacity?: string;
  readonly budget?: string;
  readonly force?: boolean;
  readonly exact?: boolean;
  readonly requests?: boolean;
  readonly pagecache?: boolean;
  readonly storage?: boolean;
  readonly wakers?: boolean;
  readonly bpftrace?: string;
}
