import { monotonicNs } from '../host/clock.js';
import { type Listening, listeningAround } from '../host/listening.js';
import { RequestsDecoder } from '../probe/decode-requests.js';
import { ProbeRunner } from '../probe/runner.js';
import { requestsVariants } from '../probe/variants.js';
import type { FaultscopeRecord } from '../record/record.js';
import { OptionalSet } from './optional-set.js';
import type { SessionOptions } from './session.js';
import { ticks } from './threads-set.js';

/** Single requests printed per tenth of a second. */
const RATION = 5;
/** Requests that may be open at once, at 80 bytes of kernel memory each, and histogram rows. */
const MAP_KEYS = 2 ** 16;
/** Dumps in one interval, so that a view drawn between two of them lacks little. */
const DUMPS = 5;

/**
 * bpf/requests.bt. What is listened on is read, then the script attaches, and sees who begins to; in between it could miss
 * someone, and is started anew.
 */
export function requestsSet(options: SessionOptions, emit: (record: FaultscopeRecord) => void): OptionalSet {
  let decoder = new RequestsDecoder();
  const { target, intervalMs, bpftrace, host } = options;
  const every = Math.max(1, Math.floor(ticks(intervalMs) / DUMPS));
  const newRunner = (listening: Listening): ProbeRunner =>
    new ProbeRunner({
      set: 'requests',
      bpftrace,
      host,
      variants: requestsVariants([...listening.ports]),
      args: [target.pid, every, RATION, listening.namespace].map(String),
      mapKeys: MAP_KEYS,
      decoder: () => {
        decoder = new RequestsDecoder();
        return decoder;
      },
      emit,
      nowNs: monotonicNs,
    });
  return new OptionalSet({
    set: 'requests',
    emit,
    runner: () => newRunner(listeningAround(target.pid)),
    isComplete: () => [...listeningAround(target.pid).ports].every((port) => decoder.ports.has(port)),
  });
}
