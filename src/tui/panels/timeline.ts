import { formatDuration, formatPercent, formatRate, type MicroUnit } from '../../text/units.js';
import type { Scene } from '../scene.js';
import {
  faultRateHz,
  fullStallShare,
  lostShare,
  meanLevel,
  type Reading,
  requestRateHz,
  serviceTime,
  symptom,
} from '../series.js';
import type { Tone } from '../styled.js';
import { type DrawnTracks, drawTracks, type Track } from '../tracks.js';
import { capacityOf } from './gauge.js';

/** Stalls and faults and, as far as there is room, the symptoms: one under the other on one axis of time. */
export function timeline(scene: Scene, windowNs: number, width: number, height: number): DrawnTracks {
  const title = `stalls and faults, last ${windowNs / 1e9}s`;
  const frame = { title, windowNs, width, height, spareRows: 1, glyphs: scene.glyphs };
  return drawTracks(scene.snapshot.history, [stallTracks(scene), ...SYMPTOMS], frame);
}

/** The same with the requests, for a page of its own. */
export function symptomTracks(scene: Scene, windowNs: number, width: number, height: number): DrawnTracks {
  const requests = scene.snapshot.requests === null ? [] : [requestTracks(scene.glyphs.micro)];
  const [process = [], ...host] = SYMPTOMS;
  const title = `stalls, faults, process, host${requests.length === 0 ? '' : ', requests'}: last ${windowNs / 1e9}s, scales from 0`;
  const frame = { title, windowNs, width, height, spareRows: 0, glyphs: scene.glyphs };
  return drawTracks(scene.snapshot.history, [stallTracks(scene), process, ...requests, ...host], frame);
}

/** Rate and service times of the requests. */
export function requestTracks(micro: MicroUnit): readonly Track[] {
  const format = (value: number | null) => formatDuration(value === null ? null : Math.round(value), micro);
  const time = (figure: 'p50Ns' | 'p99Ns' | 'maxNs', name: string): Track => ({
    ...track(`request ${name}`, `req. ${name}`, 'net', serviceTime(figure)),
    joined: figure === 'p50Ns' ? 'mean' : 'worst',
    scale: name,
    format,
  });
  return [
    { ...track('requests/s', 'requests/s', 'net', requestRateHz), scale: 'requests/s', format: formatRate },
    time('p50Ns', 'p50'),
    time('p99Ns', 'p99'),
    time('maxNs', 'max'),
  ];
}

/** Without a capacity there is no full stall to tell of: then it is how many threads are stuck. */
function stallTracks({ snapshot }: Scene): readonly Track[] {
  const faults: Track = {
    ...track('major faults/s', 'faults/s', 'fault', faultRateHz),
    scale: 'faults/s',
    format: formatRate,
    grow: 2,
  };
  if (capacityOf(snapshot) === null) {
    const stuck = track('threads stuck', 'stuck', 'fault', meanLevel);
    return [{ ...stuck, scale: 'stuck', format: formatRate, grow: 3 }, faults];
  }
  return [
    { ...share('full stall', 'full stall', 'fullStall', fullStallShare), grow: 3 },
    faults,
    share('lost parallelism', 'lost par.', 'fault', lostShare),
  ];
}

/** In the order in which they are worth a row: what the process does, then its host. */
const SYMPTOMS: readonly (readonly Track[])[] = [
  [
    cpus('user CPUs', 'user CPUs', 'onCpu', (symptoms) => symptoms.process.userCpus),
    cpus('system CPUs', 'sys CPUs', 'runQueue', (symptoms) => symptoms.process.systemCpus),
    {
      ...cpus('threads in disk IO', 'in disk IO', 'disk', (symptoms) => symptoms.process.ioWaitThreads),
      scale: 'threads',
    },
  ],
  [
    share(
      'host user',
      'host user',
      'onCpu',
      symptom(({ host }) => host.user),
    ),
    share(
      'host system',
      'host sys',
      'runQueue',
      symptom(({ host }) => host.system),
    ),
    share(
      'host iowait',
      'host iowt',
      'disk',
      symptom(({ host }) => host.iowait),
    ),
    share(
      'PSI memory, some',
      'PSI memory',
      'other',
      symptom(({ memoryPressure }) => memoryPressure?.some ?? null),
    ),
  ],
  [
    share(
      'PSI io, some',
      'PSI io',
      'other',
      symptom(({ ioPressure }) => ioPressure?.some ?? null),
    ),
  ],
];

/** Tracks of CPUs share a scale, so that user and system can be held against each other. */
function cpus(label: string, short: string, tone: Tone, pick: Parameters<typeof symptom>[0]): Track {
  return { ...track(label, short, tone, symptom(pick)), scale: 'CPUs', format: formatRate };
}

function share(label: string, short: string, tone: Tone, read: Reading): Track {
  return { ...track(label, short, tone, read), scale: 1, format: formatPercent };
}

function track(label: string, short: string, tone: Tone, read: Reading): Omit<Track, 'scale' | 'format'> {
  return { label, short, tone, read, joined: 'mean', grow: 1 };
}
