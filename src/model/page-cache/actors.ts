import type { ActorRecord, ActorRef } from '../../record/page-cache.js';
import type { ActorView } from '../page-cache-view.js';

/** Names kept at once; those told longest ago go first. */
export const MOST_ACTORS = 8192;

/** Names a process within the session. */
export function actorKey({ pid, generation }: ActorRef): string {
  return `${pid}/${generation}`;
}

/** The reverse of {@link actorKey}. */
export function refOf(key: string): ActorRef {
  const [pid = 0, generation = 0] = key.split('/').map(Number);
  return { pid, generation };
}

/** Stands for those that there was no room to keep apart. */
export const OTHERS: ActorRef = { pid: 0, generation: 0 };

/** Who the processes are that evict pages and fill memory. */
export class Actors {
  readonly #targetPid: number;
  readonly #records = new Map<string, ActorRecord>();

  constructor(targetPid: number) {
    this.#targetPid = targetPid;
  }

  apply(record: ActorRecord): void {
    const key = actorKey(record);
    this.#records.delete(key);
    this.#records.set(key, record);
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= MOST_ACTORS) break;
      this.#records.delete(oldest);
    }
  }

  view(ref: ActorRef): ActorView {
    const record = this.#records.get(actorKey(ref));
    return {
      pid: ref.pid,
      comm: record?.comm ?? null,
      command: record?.command ?? null,
      cgroup: record?.cgroup ?? null,
      isTarget: ref.pid === this.#targetPid,
      kernelThread: record?.kernelThread ?? false,
    };
  }
}
