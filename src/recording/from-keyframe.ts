import type { FaultscopeRecord } from '../record/record.js';
import { Rebase } from './baseline/rebase.js';
import type { Frame } from './frame-reader.js';

/** More than any session has to tell at once; what a hostile file has beyond is not kept. */
const MOST_RECORDS = 1_000_000;

/**
 * The records of a recording's frames, moment by moment, as of a session that began with it: a keyframe at its beginning
 * becomes that, others tell nothing new. Ends at once where the keyframe at the beginning is not whole.
 */
export function* fromKeyframe(frames: Iterable<Frame>): Generator<readonly FaultscopeRecord[]> {
  const keyframe: FaultscopeRecord[] = [];
  let rebase: Rebase | null = null;
  let hasBegun = false;
  for (const { kind, records } of frames) {
    if (kind === 'keyframe') {
      if (hasBegun) continue;
      if (keyframe.length + records.length > MOST_RECORDS) return;
      for (const record of records) keyframe.push(record);
      if (records.at(-1)?.kind !== 'tick') continue;
      rebase = Rebase.at(keyframe);
      if (rebase === null) return;
      hasBegun = true;
      yield rebase.begin;
    } else if (keyframe.length > 0 && rebase === null) return;
    else {
      hasBegun = true;
      yield rebase === null ? records : rebase.next(records);
    }
  }
}
