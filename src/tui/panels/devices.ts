import { deviceName, faultFlow, faultReadsOf, judgedDevice } from '../../diagnosis/device-verdict.js';
import { deviceSentence } from '../../diagnosis/device-words.js';
import type { DeviceView, FlowView, StageView } from '../../model/storage-view.js';
import { cell } from '../../text/cell.js';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from '../../text/units.js';
import { wrap } from '../../text/wrap.js';
import { absentSet, staleSet } from '../absent-set.js';
import { barText, type Glyphs, titleText } from '../glyphs.js';
import { histogramRows } from '../histogram.js';
import type { Scene } from '../scene.js';
import { type Line, span } from '../styled.js';

/** Devices with what the target's faults waited for there, and whether that is the device or its queue. */
export function deviceLines(scene: Scene, width: number): readonly Line[] {
  const { snapshot, glyphs } = scene;
  const title = (text: string): Line => [span(titleText(text, width, glyphs), 'title')];
  const devices = snapshot.storage?.devices ?? [];
  const heading = title('block devices: what page faults read, most first');
  const judged = judgedDevice(devices);
  if (judged === null) return [heading, ...absentSet(scene, 'storage', width)];
  return [
    heading,
    ...staleSet(scene, 'storage', width),
    [span(rowText(HEADINGS, MORE_HEADINGS, width), 'label')],
    ...devices.map((device) => deviceLine(device, width, glyphs)),
    ...wrap(deviceSentence(judged, snapshot, glyphs.micro), width - 2).map(
      (text): Line => [span(` ${text}`, 'strong')],
    ),
    ...histogramOf(judged, width, glyphs, title),
  ];
}

const HEADINGS = ['device', 'flt/s', 'bytes/s', 'q p50', 'q p99', 'dev p50', 'dev p99', 'queue'];
const WIDTHS = [10, 6, 8, 7, 7, 8, 8, 6];
/** Other I/O on the device, where there is room. */
const MORE_HEADINGS = ['own/s', 'others/s'];
const MORE_WIDTH = 9;
const ALL_COLUMNS = 80;

function rowText(fields: readonly string[], more: readonly string[], width: number): string {
  const shown = fields.map((text, index) => cell(text, WIDTHS[index] ?? 0, index === 0 ? 'left' : 'right')).join('');
  return width < ALL_COLUMNS ? shown : shown + more.map((text) => cell(text, MORE_WIDTH, 'right')).join('');
}

function deviceLine(device: DeviceView, width: number, { micro }: Glyphs): Line {
  const flow = faultFlow(device);
  const duration = (ns: number | null | undefined): string => formatDuration(ns ?? null, micro);
  const latency = (flow?.service ?? flow?.whole ?? null)?.latency;
  const share = faultReadsOf(device)?.queueShare ?? null;
  const fields = [
    deviceName(device) + (device.swap ? ' swap' : ''),
    formatRate(flow?.rateHz ?? 0),
    formatBytes(flow?.bytesPerSecond ?? 0),
    duration(flow?.queue?.latency.p50Ns),
    duration(flow?.queue?.latency.p99Ns),
    duration(latency?.p50Ns),
    duration(latency?.p99Ns),
    formatPercent(share),
  ];
  const rates = [
    rateOf(device, (other) => other.origin !== 'others' && other !== flow),
    rateOf(device, ({ origin }) => origin === 'others'),
  ];
  return [span(rowText(fields, rates.map(formatRate), width), flow === null ? 'faint' : 'plain')];
}

function rateOf({ flows }: DeviceView, counted: (flow: FlowView) => boolean): number {
  return flows.filter(counted).reduce((sum, { rateHz }) => sum + rateHz, 0);
}

const HISTOGRAM_ROWS = 12;
const LABEL_COLUMNS = 19;
const COUNT_COLUMNS = 7;

/** Queue and device time of the fault reads side by side, over the same powers of two. */
function histogramOf(device: DeviceView, width: number, glyphs: Glyphs, title: (text: string) => Line): Line[] {
  const flow = faultFlow(device);
  if (flow === null) return [];
  const stages: readonly (readonly [string, StageView | null])[] = [
    ['queue', flow.queue],
    ['device', flow.service],
    ['queue and device', flow.whole],
  ];
  const shown = stages.flatMap(([name, stage]) => (stage === null ? [] : [{ name, cells: stage.histogram }]));
  const rows = histogramRows(
    shown.flatMap(({ cells }) => cells),
    HISTOGRAM_ROWS,
  );
  const columns = shown.map(({ cells }) =>
    rows.map(({ fromNs, toNs }) =>
      cells.filter((one) => one.fromNs >= fromNs && one.fromNs < toNs).reduce((sum, { count }) => sum + count, 0),
    ),
  );
  const most = Math.max(1, ...columns.flat());
  const each = Math.floor((width - LABEL_COLUMNS) / shown.length);
  const bars = Math.max(1, each - COUNT_COLUMNS - 1);
  return [
    title(`fault reads of ${deviceName(device)}: ${shown.map(({ name }) => name).join(' | ')}`),
    ...rows.map(
      ({ fromNs, toNs }, row): Line => [
        span(
          `${cell(formatDuration(fromNs, glyphs.micro), 8, 'right')} -${cell(formatDuration(toNs, glyphs.micro), 7, 'right')} ${glyphs.axis}`,
          'label',
        ),
        ...columns.flatMap((counts) => {
          const count = counts[row] ?? 0;
          return [
            span(cell(barText(count / most, bars, glyphs), bars), 'fault'),
            span(`${formatCount(count).padStart(COUNT_COLUMNS)} `),
          ];
        }),
      ],
    ),
  ];
}
