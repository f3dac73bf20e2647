/** The main command's options, as given. */
export interface LiveOptions {
  readonly pid?: string;
  readonly name?: string;
  readonly headless?: boolean;
  readonly duration?: string;
  readonly interval: string;
  readonly capacity?: string;
  readonly export?: string;
  readonly force?: boolean;
  readonly exact?: boolean;
  readonly requests?: boolean;
  readonly pagecache?: boolean;
  readonly storage?: boolean;
  readonly stacks?: boolean;
  readonly wakers?: boolean;
  readonly bpftrace?: string;
}
