import type { FaultView } from '../../model/snapshot.js';
import { cell } from '../../text/cell.js';
import { pathCell } from '../../text/path.js';
import { formatAddress, formatBytes, formatClock, formatDuration } from '../../text/units.js';
import { type Glyphs, titleText } from '../glyphs.js';
import type { Panel, Scene } from '../scene.js';
import { type Line, span } from '../styled.js';
import { threadName } from '../words.js';

const HEAD_ROWS = 2;

/** The longest single major faults, longest first. */
export const longest: Panel = (scene, width, height) => faultLog(scene, width, height - HEAD_ROWS);

/** The same on a page of its own: all that are kept. */
export function longestLines(scene: Scene, width: number): Line[] {
  return faultLog(scene, width, scene.snapshot.longestFaults.length);
}

function faultLog({ snapshot, glyphs }: Scene, width: number, rows: number): Line[] {
  const faults = snapshot.longestFaults;
  const shown = faults.slice(0, Math.max(0, rows));
  const { oneIn } = snapshot.quality.sampling;
  const source = oneIn === 1 ? '' : `, of the 1 in ${oneIn} that are sent`;
  const range = `${shown.length} of ${faults.length}`;
  return [
    [span(titleText(`longest major faults${source}: ${range}`, width, glyphs), 'title')],
    [
      span(
        ` ${cell('at', 7, 'right')}  ${cell('latency', 7, 'right')} ${cell('TID', 7, 'right')} ${cell('name', 16)}${columns({ page: cell('file and offset', pageWidth(width)), address: 'address', instruction: 'instruction' }, width)}`,
        'label',
      ),
    ],
    ...shown.map((fault) => faultLine(fault, width, glyphs)),
    ...(faults.length === 0 ? [[span('  none yet', 'label')]] : []),
  ];
}

function faultLine(fault: FaultView, width: number, { micro }: Glyphs): Line {
  return [
    span(` ${cell(formatClock(fault.atNs), 7, 'right')}  `),
    span(cell(formatDuration(fault.latencyNs, micro), 7, 'right'), 'fault'),
    span(` ${cell(String(fault.tid), 7, 'right')} ${cell(threadName({ name: fault.threadName }), 16)}`),
    span(
      columns(
        {
          page: pageText(fault, pageWidth(width)),
          address: formatAddress(fault.address),
          instruction: formatAddress(fault.instruction),
        },
        width,
      ),
    ),
  ];
}

const BEFORE_COLUMNS = 44;
const ADDRESS_COLUMNS = 19;

/** Where there is no room for one, it is left out: a cut address is a wrong one. */
function addressesIn(width: number): number {
  return width >= 110 ? 2 : width >= 80 ? 1 : 0;
}

function pageWidth(width: number): number {
  return Math.max(0, width - BEFORE_COLUMNS - addressesIn(width) * ADDRESS_COLUMNS);
}

function columns(
  { page, address, instruction }: { readonly page: string; readonly address: string; readonly instruction: string },
  width: number,
): string {
  const shown = [address, instruction].slice(0, addressesIn(width));
  return `  ${page}${shown.map((text) => ` ${cell(text, ADDRESS_COLUMNS - 1, 'right')}`).join('')}`;
}

/** The end of a path says more than its begin. */
function pageText({ page }: FaultView, width: number): string {
  if (page === null) return cell('-', width);
  const offset = `+${formatBytes(Number(page.offsetBytes))}`;
  const path = page.path ?? `inode ${page.inode} on ${page.device}`;
  return `${pathCell(path, Math.max(0, width - offset.length)).trimEnd()}${offset}`.padEnd(width);
}
