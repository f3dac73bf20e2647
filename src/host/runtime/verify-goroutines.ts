import type { GoLayout } from '../go/types.js';
import { type Goroutine, readGoroutines } from './allgs.js';
import { readThreads } from './allm.js';
import { placesOf } from './gomaxprocs.js';
import { doubtOfGoroutines } from './goroutine-checks.js';
import { unknownLayout } from './kernel-go.js';
import type { LoadedGo } from './loaded-go.js';
import { doubtOfThreads } from './thread-checks.js';

/** Where goroutines and threads were found, with what speaks for it in words for the user; or why they were not. */
export type Verification =
  | { readonly verified: true; readonly allgs: bigint; readonly allm: bigint; readonly detail: string }
  | { readonly verified: false; readonly detail: string };

/** As many goroutines as are looked at; any wrong offset shows in the first few. */
const MOST = 2000;

const ATTEMPTS = 4;

/**
 * Holds the offsets of runtime.g and runtime.m against the running program: they are believed where nearly all of its
 * goroutines and threads then look as they must. Costs some milliseconds.
 */
export function verifyGoroutines(go: LoadedGo): Verification {
  const { layout, version } = go.binary;
  if (layout === null) return refused(unknownLayout(version));
  let latest = refused('the list of goroutines was not found in its memory');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const verification = verifyOnce(go, layout);
    if (verification.verified) return verification;
    latest = verification;
  }
  return latest;
}

function verifyOnce(go: LoadedGo, layout: GoLayout): Verification {
  const { memory, bias, binary } = go;
  const readings = placesOf(binary, bias, 'allgs').flatMap((address) => {
    const reading = readGoroutines(memory, address, layout.g, MOST);
    return reading === null ? [] : [{ address, goroutines: reading.goroutines }];
  });
  if (readings.length === 0) return refused('the list of goroutines was not found in its memory');
  const judged = readings.map(({ address, goroutines }) => ({
    address,
    goroutines,
    doubt: doubtOfGoroutines(go, goroutines),
  }));
  const allgs = judged.find(({ doubt }) => doubt === null);
  if (allgs === undefined) return refused(judged[0]?.doubt ?? 'its goroutines make no sense');
  return verifyThreads(go, layout, allgs);
}

function verifyThreads(
  go: LoadedGo,
  layout: GoLayout,
  allgs: { readonly address: bigint; readonly goroutines: readonly Goroutine[] },
): Verification {
  const { memory, bias, binary } = go;
  let doubt = 'the list of threads was not found in its memory';
  for (const address of placesOf(binary, bias, 'allm')) {
    const threads = readThreads(memory, address, layout.m);
    if (threads === null) continue;
    const found = doubtOfThreads(go, layout, threads, allgs.goroutines);
    if (found === null) {
      const detail =
        `offsets from ${layout.source}, held against ${allgs.goroutines.length} goroutines ` +
        `and ${threads.length} threads of the running program`;
      return { verified: true, allgs: allgs.address, allm: address, detail };
    }
    doubt = found;
  }
  return refused(doubt);
}

function refused(detail: string): Verification {
  return { verified: false, detail };
}
