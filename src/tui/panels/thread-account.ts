import type { ThreadView } from '../../model/snapshot.js';
import { formatCount, formatDuration, formatPercent, formatRate, type MicroUnit } from '../../text/units.js';
import type { Glyphs } from '../glyphs.js';
import { field, type Line, span } from '../styled.js';
import { nowPart, nowText, threadName } from '../words.js';

export const ACCOUNT_ROWS = 4;

const ROLES = { sysmon: "sysmon, Go's own monitor (runs without a P)" } as const;

/** One thread's name, how its life adds up, and its faults as counted by us and by the kernel. */
export function accountLines(thread: ThreadView, { micro }: Glyphs): Line[] {
  const life = thread.lifetimeNs;
  const waitsNs = thread.waits.reduce((sum, { totalNs }) => sum + totalNs, 0);
  const part = (label: string, ns: number) => [
    ...field(label, formatDuration(ns, micro)),
    span(` ${formatPercent(life > 0 ? ns / life : null)}`, 'label'),
  ];
  return [
    [
      span(` thread ${thread.tid} ${threadName(thread)}`, 'strong'),
      span('  '),
      span(nowText(thread.now, 40), nowPart(thread.now) ?? 'plain'),
      ...(thread.role === null ? [] : field('  role', ROLES[thread.role])),
    ],
    [
      ...field(' lived', formatDuration(life, micro)),
      ...part(' = on-CPU', thread.onCpuNs),
      ...part(' + runq', thread.runQueueNs),
      ...part(' + waits', waitsNs),
      ...(thread.time.stolen > 0 ? field(' + stolen', formatDuration(thread.time.stolen, micro)) : []),
      ...field(' + residue', formatDuration(thread.residueNs, micro)),
    ],
    [
      ...field(' major faults', formatCount(thread.majorFaults)),
      ...field(', kernel counts', formatCount(thread.kernelMajorFaults)),
      span(`  ${formatRate(thread.alive ? thread.majorFaultRateHz : null)}/s`, 'fault'),
      ...field('  never slept', formatCount(thread.majorFaultsNoSleep)),
      ...field('  all faults', formatCount(thread.userFaults)),
    ],
    exactLine(thread, micro),
  ];
}

function exactLine({ exactFaultLatency: exact }: ThreadView, micro: MicroUnit): Line {
  const time = (label: string, ns: number | null | undefined) => field(`  ${label}`, formatDuration(ns ?? null, micro));
  return [
    span(' latency from entry', 'label'),
    ...time('p50', exact?.p50Ns),
    ...time('p99', exact?.p99Ns),
    ...time('max', exact?.maxNs),
    span(exact === null ? '  (exact is off)' : '', 'label'),
  ];
}
