import { formatClock } from '../../../text/units.js';
import { all, first } from './dom.js';
import type { PageData } from './page-data.js';
import { readout } from './readout.js';
import { TimeView, WHOLE } from './time-view.js';

const STEP = 0.25;
const ZOOM = 0.6;

/** Zoom and pan, for all charts over time together: by buttons, keys, wheel and dragging. */
export function timeCharts(data: PageData): void {
  const charts = all(document, '.time-chart', HTMLElement);
  const view = new TimeView((changed) => show(changed, data.durationNs));
  for (const chart of charts) {
    const said = readout(chart, data);
    chart.tabIndex = 0;
    chart.setAttribute('role', 'group');
    chart.setAttribute(
      'aria-label',
      `${chart.dataset.chart ?? ''}: up and down zoom, left and right pan, Home shows all; with Shift they move a cursor that is read out`,
    );
    chart.addEventListener('keydown', (event) => onKey(event, view, said.move));
    chart.addEventListener('wheel', (event) => onWheel(event, chart, view), { passive: false });
    chart.addEventListener('dblclick', (event) => view.zoom(ZOOM, placeOf(event, chart, view)));
    chart.addEventListener('pointermove', (event) => said.at(placeOf(event, chart, view), event.target));
    dragging(chart, view);
  }
  for (const button of all(document, 'button[data-zoom]', HTMLButtonElement)) {
    button.addEventListener('click', () => ACTIONS[button.dataset.zoom ?? '']?.(view));
  }
  for (const controls of all(document, '.controls:not(.flame-controls)', HTMLElement)) controls.hidden = false;
  addEventListener('resize', () => show(view, data.durationNs));
  view.reset();
}

const ACTIONS: Readonly<Record<string, (view: TimeView) => void>> = {
  in: (view) => view.zoom(ZOOM),
  out: (view) => view.zoom(1 / ZOOM),
  left: (view) => view.pan(-STEP),
  right: (view) => view.pan(STEP),
  reset: (view) => view.reset(),
};

const KEYS: Readonly<Record<string, string>> = {
  ArrowUp: 'in',
  '+': 'in',
  '=': 'in',
  ArrowDown: 'out',
  '-': 'out',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  Home: 'reset',
  '0': 'reset',
};

const CURSOR: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function onKey(event: KeyboardEvent, view: TimeView, moveCursor: (columns: number, rows: number) => void): void {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const cursor = event.shiftKey ? CURSOR[event.key] : undefined;
  const action = ACTIONS[KEYS[event.key] ?? ''];
  if (cursor !== undefined) moveCursor(...cursor);
  else if (action !== undefined) action(view);
  else return;
  event.preventDefault();
}

/** The page scrolls past a chart that was not chosen: only then, or with Ctrl, the wheel zooms. With Shift it pans. */
function onWheel(event: WheelEvent, chart: HTMLElement, view: TimeView): void {
  const isChosen = chart === document.activeElement;
  if (!isChosen && !event.ctrlKey && !event.shiftKey) return;
  event.preventDefault();
  const sideways = event.deltaX !== 0 ? event.deltaX : event.shiftKey ? event.deltaY : 0;
  if (sideways !== 0) view.pan(Math.sign(sideways) * (STEP / 2));
  else view.zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, placeOf(event, chart, view));
}

function dragging(chart: HTMLElement, view: TimeView): void {
  let lastX: number | null = null;
  chart.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    lastX = event.clientX;
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener('pointermove', (event) => {
    if (lastX === null) return;
    view.pan((lastX - event.clientX) / Math.max(1, plotBox(chart).width));
    lastX = event.clientX;
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    chart.addEventListener(end, () => {
      lastX = null;
    });
  }
}

function plotBox(chart: HTMLElement): DOMRect {
  return (first(chart, 'svg[data-time]', SVGSVGElement) ?? chart).getBoundingClientRect();
}

/** Where on the axis the pointer is. */
function placeOf(event: MouseEvent, chart: HTMLElement, view: TimeView): number {
  const box = plotBox(chart);
  const part = Math.max(0, Math.min(1, (event.clientX - box.left) / Math.max(1, box.width)));
  return view.from + part * view.length;
}

function show(view: TimeView, durationNs: number): void {
  for (const svg of all(document, 'svg[data-time]', SVGSVGElement)) {
    const height = svg.viewBox.baseVal.height;
    svg.setAttribute('viewBox', `${view.from} 0 ${view.length} ${height}`);
  }
  const clock = (place: number): string => formatClock((place / WHOLE) * durationNs);
  for (const axis of all(document, '.axis', HTMLElement)) {
    const labels = [...axis.children];
    for (const [index, label] of labels.entries()) {
      label.textContent = clock(view.from + (view.length * index) / Math.max(1, labels.length - 1));
    }
  }
  const shown = view.length === WHOLE ? 'whole session' : `${clock(view.from)} to ${clock(view.to)}`;
  for (const output of all(document, 'output.span', HTMLElement)) output.textContent = shown;
  keepPatterns(view);
}

/** Pixels that a pattern's unit should take, whatever the zoom. */
function keepPatterns(view: TimeView): void {
  const lane = first(document, '.lane svg[data-time]', SVGSVGElement);
  if (lane === undefined) return;
  const { width, height } = lane.getBoundingClientRect();
  const across = view.length / Math.max(1, width);
  const down = lane.viewBox.baseVal.height / Math.max(1, height);
  for (const pattern of all(document, '.patterns [id^="lane-"]', SVGPatternElement)) {
    pattern.setAttribute('patternTransform', `scale(${across} ${down})`);
  }
}
