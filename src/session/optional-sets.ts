import type { KernelRuntime } from '../probe/runtime-patches.js';
import type { FaultscopeRecord, OptionalSetName } from '../record/record.js';
import type { OptionalSet } from './optional-set.js';
import { pagecacheSet } from './pagecache-set.js';
import type { ReadableFiles } from './readable-files.js';
import { requestsSet } from './requests-set.js';
import type { SessionOptions } from './session.js';
import { stacksSet } from './stacks-set.js';
import { storageSet } from './storage-set.js';
import { wakersSet } from './wakers-set.js';

/** The sets that run only when asked for, not yet started; `runtime` is asked when one starts. */
export function optionalSets(
  options: SessionOptions,
  emit: (record: FaultscopeRecord) => void,
  runtime: () => KernelRuntime,
  readable: ReadableFiles,
): ReadonlyMap<OptionalSetName, OptionalSet> {
  return new Map<OptionalSetName, OptionalSet>([
    ['requests', requestsSet(options, emit)],
    ['storage', storageSet(options, emit)],
    ['wakers', wakersSet(options, emit, runtime)],
    ['stacks', stacksSet(options, emit, runtime, readable)],
    ['pagecache', pagecacheSet(options, emit)],
  ]);
}
