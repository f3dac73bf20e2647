import { TRACEFS } from '../host/tracepoints.js';
import type { Check, CheckStatus, DoctorHost } from './check.js';
import { presence, textOf } from './look.js';

/** tracefs names the tracepoints; nothing traces without it. */
export function checkTracefs(host: DoctorHost): Check {
  const name = 'tracefs';
  const found = eventsDirectory(host);
  if (found.state === 'present') return { name, status: 'ok', detail: found.mount };
  if (found.state === 'hidden') return { name, status: 'warn', detail: `${found.mount} shows itself to root only` };
  if (!/\ttracefs$/m.test(textOf(`${host.root}/proc/filesystems`) ?? '')) {
    return { name, status: 'missing', detail: 'none: the kernel needs CONFIG_TRACING' };
  }
  return { name, status: 'missing', detail: 'not mounted', mend: `mount -t tracefs tracefs ${TRACEFS[0]}` };
}

/** A tracepoint, what it is for, and what its absence means. */
interface EventNeed {
  readonly event: string;
  readonly gives: string;
  readonly without: CheckStatus;
}

const EVENTS: readonly EventNeed[] = [
  { event: 'sched/sched_switch', gives: 'waits by thread', without: 'missing' },
  { event: 'sched/sched_process_exit', gives: 'faults of ended threads', without: 'warn' },
  { event: 'sched/sched_waking', gives: 'who ends the waits', without: 'warn' },
  { event: 'exceptions/page_fault_user', gives: 'exact fault entry, minor faults', without: 'warn' },
  { event: 'filemap/mm_filemap_fault', gives: 'the file and page of every fault', without: 'warn' },
  { event: 'filemap/mm_filemap_delete_from_page_cache', gives: 'who evicted a page', without: 'warn' },
  { event: 'sock/sock_recv_length', gives: 'service time of requests', without: 'warn' },
  { event: 'block/block_rq_issue', gives: 'disk requests', without: 'warn' },
];

/** One check an event; none where tracefs is not mounted, which is a check of its own. */
export function checkEvents(host: DoctorHost): readonly Check[] {
  const found = eventsDirectory(host);
  return found.state === 'absent' ? [] : EVENTS.map((need) => checkEvent(host, found.mount, need));
}

function checkEvent(host: DoctorHost, mount: string, { event, gives, without }: EventNeed): Check {
  const name = event
    .slice(event.indexOf('/') + 1)
    .replace('mm_filemap_', 'filemap ')
    .replace('delete_from_page_cache', 'delete');
  switch (presence(`${host.root}${mount}/events/${event}`)) {
    case 'present':
      return { name, status: 'ok', detail: gives };
    case 'hidden':
      return { name, status: 'warn', detail: 'only root can tell' };
    case 'absent':
      return { name, status: without, detail: `absent; it gives ${gives}` };
  }
}

/** Where the events are; the first place that has them, or at least does not deny it. */
function eventsDirectory(host: DoctorHost): { state: 'present' | 'absent' | 'hidden'; mount: string } {
  const places = TRACEFS.map((mount) => ({ state: presence(`${host.root}${mount}/events`), mount }));
  return (
    places.find(({ state }) => state === 'present') ??
    places.find(({ state }) => state === 'hidden') ?? { state: 'absent', mount: TRACEFS[0] }
  );
}
