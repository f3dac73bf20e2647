import type {
  FileFaultsRecord,
  FileKey,
  FilePage,
  FileRecord,
  ResidencyGapRecord,
  ResidencyRecord,
} from '../record/files.js';
import type { FaultRecord, MappingRecord, UnmappedRecord } from '../record/record.js';
import { accessPattern, STEP_PAGES, type Steps } from './access-pattern.js';
import { apportion } from './apportion.js';
import { FaultPlaces } from './fault-places.js';
import { type FileCount, FileCounts, fileKey } from './file-counts.js';
import { type CauseShare, type FilesView, type FileView, TOP_FILES } from './files-view.js';
import { heatView } from './heat-view.js';
import { Heats } from './heats.js';
import { KnownFiles } from './known-files.js';
import { type PlaceSum, SingleFaults } from './single-faults.js';
import type { FaultPlaceView, PageView } from './snapshot.js';

/** What a view needs from beyond the files: times count from the session's begin. */
export interface FilesContext {
  readonly nowNs: number;
  readonly sinceStart: (atNs: bigint) => number;
  /** Causes of the faults in a file, null where they are not known. */
  readonly causesOf: (device: number, inode: bigint) => readonly CauseShare[] | null;
}

/** A row before it is known whether it is listed: everything else is worked out for those that are. */
interface Row {
  readonly majorFaults: number;
  readonly faultWaitNs: number;
  readonly view: (context: FilesContext) => Omit<FileView, 'majorFaults' | 'faultWaitNs'>;
}

/**
 * Lays major faults to files: by the kernel's counts where it names the page of each fault; else, and for faults that read
 * no page of a file, by the mappings that single faults were in, at the moment they came.
 */
export class Files {
  readonly #pageBytes: number;
  readonly #places = new FaultPlaces();
  readonly #counts = new FileCounts();
  readonly #singles = new SingleFaults();
  readonly #heats = new Heats();
  readonly #known = new KnownFiles();
  /** The mappings' name of a file that the kernel knows by another one (overlayfs, btrfs). */
  readonly #mappedAs = new Map<string, string>();
  readonly #unplaced = { weight: 0, waitNs: 0 };
  #pagesAreTold = false;

  constructor(pageBytes = 4096) {
    this.#pageBytes = pageBytes;
  }

  apply(
    record: FileRecord | FileFaultsRecord | ResidencyRecord | ResidencyGapRecord | MappingRecord | UnmappedRecord,
  ): void {
    if (record.kind === 'mapping' || record.kind === 'unmapped') this.#places.apply(record);
    else if (record.kind === 'file-faults') this.#counts.apply(record);
    else this.#known.apply(record);
  }

  /** `atNs` since the session's begin. */
  applyFault(fault: FaultRecord, atNs: number): void {
    const { address, weight, latencyNs, page } = fault;
    if (weight === 0) return;
    const found = this.#places.find(address);
    if (page !== null) {
      this.#pagesAreTold = true;
      const key = fileKey(page);
      this.#heats.add(countedKey(key), Number(page.index), weight, atNs);
      if (found?.place.of === 'file' && found.place.key !== key) this.#nameMapping(key, found.place.key);
    } else if (found === null) {
      this.#unplaced.weight += weight;
      this.#unplaced.waitNs += weight * (latencyNs ?? 0);
    } else {
      const { place, offset } = found;
      const filePage = place.of === 'file' ? Number(offset / BigInt(this.#pageBytes)) : null;
      this.#singles.add(fault, place, filePage);
      if (filePage !== null) this.#heats.add(place.key, filePage, weight, atNs);
    }
  }

  pageView(page: FilePage): PageView {
    const offsetBytes = page.index * BigInt(this.#pageBytes);
    return { path: this.#known.name(page)?.path ?? null, device: deviceText(page), inode: page.inode, offsetBytes };
  }

  /** Where a fault was: by the kernel's word, else by the mapping that lies there now. Null where neither is known. */
  placeOf({ page, address }: FaultRecord): FaultPlaceView | null {
    if (page !== null) {
      const view = this.pageView(page);
      return { of: view.path === null ? 'unknown' : 'file', ...view };
    }
    const found = this.#places.find(address);
    if (found === null) return null;
    const { place, offset } = found;
    const { of, file } = place;
    if (file === null) return { of, path: place.path, device: null, inode: null, offsetBytes: null };
    const offsetBytes = offset - (offset % BigInt(this.#pageBytes));
    const path = this.#known.name(file)?.path ?? place.path;
    return { of, path, device: deviceText(file), inode: file.inode, offsetBytes };
  }

  /** Null before the first major fault. */
  view(context: FilesContext): FilesView | null {
    const exact = this.#counts.areThere || this.#pagesAreTold;
    const places = this.#singles.list();
    const { dropped } = this.#singles;
    const estimated = exact
      ? this.#shared(places)
      : {
          rows: places.map((place) => this.#placeRow(place, place.weight, place.waitNs, false)),
          dropped: { majorFaults: dropped.weight, faultWaitNs: dropped.waitNs },
          unplaced: { majorFaults: this.#unplaced.weight, faultWaitNs: this.#unplaced.waitNs },
        };
    const counted = Array.from(this.#counts.list(), ([key, count]) => this.#countedRow(key, count));
    const rows = [...counted, ...estimated.rows].filter(
      ({ majorFaults, faultWaitNs }) => majorFaults + faultWaitNs > 0,
    );
    const { unseen } = this.#counts;
    const unplaced = {
      majorFaults: estimated.unplaced.majorFaults + unseen.majorFaults,
      faultWaitNs: estimated.unplaced.faultWaitNs + unseen.faultWaitNs,
    };
    const rest = this.#counts.dropped;
    if (rows.length + rest.files + dropped.places === 0 && unplaced.majorFaults === 0) return null;
    rows.sort((a, b) => b.faultWaitNs - a.faultWaitNs || b.majorFaults - a.majorFaults);
    const unlisted = [...rows.slice(TOP_FILES), estimated.dropped, rest];
    return {
      files: rows.slice(0, TOP_FILES).map(({ majorFaults, faultWaitNs, view }) => ({
        ...view(context),
        majorFaults,
        faultWaitNs,
      })),
      more: {
        files: Math.max(0, rows.length - TOP_FILES) + rest.files + dropped.places,
        majorFaults: unlisted.reduce((sum, row) => sum + row.majorFaults, 0),
        faultWaitNs: unlisted.reduce((sum, row) => sum + row.faultWaitNs, 0),
      },
      unplacedFaults: unplaced.majorFaults,
      unplacedWaitNs: unplaced.faultWaitNs,
      exact,
    };
  }

  /** The kernel's count of faults that read no page of a file, shared out by the single ones among them. */
  #shared(places: readonly PlaceSum[]) {
    const { majorFaults, faultWaitNs } = this.#counts.withoutFile;
    const { dropped } = this.#singles;
    const parts = [...places, dropped, this.#unplaced];
    const weights = parts.map(({ weight }) => weight);
    const faults = apportion(majorFaults, weights);
    const waits = parts.map(({ waitNs }) => waitNs);
    const waitsNs = apportion(faultWaitNs, waits.some((ns) => ns > 0) ? waits : weights);
    const part = (index: number) => ({ majorFaults: faults[index] ?? 0, faultWaitNs: waitsNs[index] ?? 0 });
    return {
      rows: places.map((place, index) => this.#placeRow(place, part(index).majorFaults, part(index).faultWaitNs, true)),
      dropped: part(places.length),
      unplaced: part(places.length + 1),
    };
  }

  #countedRow(key: string, count: FileCount): Row {
    const { majorFaults, faultWaitNs, device, inode, faults } = count;
    const steps = { ahead: faults.near + faults.far, all: majorFaults, windowPages: STEP_PAGES };
    return {
      majorFaults,
      faultWaitNs,
      view: (context) => {
        const name = this.#known.name(count);
        const mapped = this.#places.mappedBytes(key) || this.#places.mappedBytes(this.#mappedAs.get(key) ?? '');
        return {
          id: countedKey(key),
          of: name?.path == null ? 'unknown' : 'file',
          path: name?.path ?? null,
          deleted: name?.deleted ?? false,
          ...this.#ofFile(count, context),
          mappedBytes: mapped,
          exact: true,
          ...this.#ofHeat(countedKey(key), count, steps, context),
          causes: context.causesOf(device, inode),
        };
      },
    };
  }

  #placeRow({ place, steps }: PlaceSum, majorFaults: number, faultWaitNs: number, hasCounts: boolean): Row {
    return {
      majorFaults,
      faultWaitNs,
      view: (context) => {
        const { file } = place;
        const name = file === null ? null : this.#known.name(file);
        // Where the kernel counts files, what it laid to none read no page of this one: these are not its causes.
        const causes = file === null || hasCounts ? null : context.causesOf(file.device, file.inode);
        return {
          id: place.key,
          of: place.of,
          path: name?.path ?? place.path,
          deleted: name?.deleted ?? place.deleted,
          ...this.#ofFile(file, context),
          mappedBytes: this.#places.mappedBytes(place.key),
          exact: false,
          ...this.#ofHeat(place.key, file, steps, context),
          causes,
        };
      },
    };
  }

  #ofFile(file: FileKey | null, { sinceStart }: FilesContext) {
    if (file === null) return { device: null, inode: null, sizeBytes: null, residency: null, residencyGap: null };
    const residency = this.#known.residency(file);
    return {
      device: deviceText(file),
      inode: file.inode,
      sizeBytes: this.#sizeOf(file),
      residency:
        residency === null
          ? null
          : {
              atNs: sinceStart(residency.atNs),
              residentBytes: Number(residency.residentBytes),
              sizeBytes: Number(residency.sizeBytes),
            },
      residencyGap: this.#known.residencyGap(file),
    };
  }

  #ofHeat(
    key: string,
    file: FileKey | null,
    steps: Steps,
    { nowNs }: FilesContext,
  ): Pick<FileView, 'heat' | 'pattern'> {
    const heat = this.#heats.get(key);
    return {
      heat: heat === null ? null : heatView(heat, file === null ? null : this.#sizeOf(file), this.#pageBytes, nowNs),
      pattern: accessPattern(steps, heat, this.#pageBytes),
    };
  }

  #sizeOf(file: FileKey): number | null {
    const size = this.#known.name(file)?.sizeBytes ?? null;
    return size === null ? null : Number(size);
  }

  #nameMapping(key: string, mapping: string): void {
    if (this.#mappedAs.size >= KEPT_NAMES) this.#mappedAs.clear();
    this.#mappedAs.set(key, mapping);
  }
}

const KEPT_NAMES = 65_536;

/** What the kernel counts may be the same file as a place of single faults without a page: swapped private copies of it. */
function countedKey(key: string): string {
  return `counted ${key}`;
}

function deviceText({ device }: FileKey): string {
  return `${Math.floor(device / 2 ** 20)}:${device % 2 ** 20}`;
}
