import type { GoBinary } from '../go/types.js';
import { type Goroutine, GoStatus } from './allgs.js';
import type { LoadedGo } from './loaded-go.js';
import { isMostly, MOSTLY } from './mostly.js';

const KNOWN_STATUS: ReadonlySet<number> = new Set([
  // _Gidle, _Gdead, _Gleaked and _Gdeadextra (Go 1.26), beside those with a name.
  ...[0, 6, 10, 11],
  ...Object.values(GoStatus),
]);
const ALIVE: ReadonlySet<number> = new Set(Object.values(GoStatus));

/** What is wrong with goroutines read with these offsets; null where nothing is. */
export function doubtOfGoroutines({ binary, bias }: LoadedGo, goroutines: readonly Goroutine[]): string | null {
  if (!isMostly(goroutines, ({ status }) => KNOWN_STATUS.has(status))) return 'its goroutines have no known status';
  const alive = goroutines.filter(({ status }) => ALIVE.has(status));
  if (alive.length === 0) return 'it has no goroutine yet';
  if (!isMostly(alive, ({ goid }) => goid > 0n && goid < MAX_GOID) || !areDistinct(alive)) {
    return 'the numbers of its goroutines are none';
  }
  // 0: a goroutine that C called into Go with (oneNewExtraM() in runtime/proc.go).
  const started = alive.filter(({ startPc }) => startPc !== 0n);
  const entries = new Map<bigint, boolean>();
  const isEntry = (pc: bigint): boolean => {
    const known = entries.get(pc) ?? beginsAt(binary, pc - bias);
    entries.set(pc, known);
    return known;
  };
  if (started.length * 2 < alive.length || !isMostly(started, ({ startPc }) => isEntry(startPc))) {
    return 'its goroutines do not begin where functions do';
  }
  const main = alive.find(({ goid }) => goid === 1n);
  const isMain = main !== undefined && binary.functionAt(main.startPc - bias)?.name === 'runtime.main';
  return isMain ? null : 'its first goroutine is not runtime.main';
}

/** Whether a function begins at `pc`; of a wrapper functionAt() says what it calls, so the byte before it is asked too. */
function beginsAt(binary: GoBinary, pc: bigint): boolean {
  const found = binary.functionAt(pc);
  return found !== null && (found.entry === pc || binary.functionAt(pc - 1n)?.entry !== found.entry);
}

/** 2^48 goroutines take years to start; what is more is a time or an address. */
const MAX_GOID = 2n ** 48n;

function areDistinct(goroutines: readonly Goroutine[]): boolean {
  return new Set(goroutines.map(({ goid }) => goid)).size >= goroutines.length * MOSTLY;
}
