import type { Snapshot, Symptoms } from '../../model/snapshot.js';
import { formatPercent } from '../../text/units.js';
import { type Html, html } from './html.js';
import { details, type Section } from './section.js';
import { timeChart } from './timeline.js';
import { symptomTracks } from './tracks.js';

/** What one saw of it from outside; null before the second reading. */
export function symptomsSection(snapshot: Snapshot): Section | null {
  const { symptoms, history } = snapshot;
  const tracks = symptomTracks(snapshot);
  if (tracks.length === 0) return null;
  return {
    id: 'symptoms',
    title: 'Seen from outside',
    body: [
      history.length === 0 ? null : timeChart(snapshot, 'symptoms over time', tracks, null),
      symptoms === null ? null : details('Averages over the session', averages(symptoms)),
    ],
  };
}

function averages({ process, host, memoryPressure, ioPressure }: Symptoms): Html {
  const rows: readonly (readonly [string, string])[] = [
    [
      'Process',
      `user ${process.userCpus.toFixed(2)} CPUs, system ${process.systemCpus.toFixed(2)}, ${process.ioWaitThreads.toFixed(1)} threads in disk I/O`,
    ],
    [
      'Host',
      (['user', 'system', 'iowait', 'idle', 'steal'] as const)
        .map((part) => `${part} ${formatPercent(host[part])}`)
        .join(', '),
    ],
    ['Held up for memory', pressure(memoryPressure)],
    ['Held up for I/O', pressure(ioPressure)],
  ];
  return html`<dl class="pairs">${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}

function pressure(of: Symptoms['ioPressure']): string {
  if (of === null) return '-';
  return `some tasks ${formatPercent(of.some)} of the time, all ${formatPercent(of.full)} (PSI)`;
}
