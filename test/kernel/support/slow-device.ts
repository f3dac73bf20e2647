import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { SummaryDevice, SummaryIoFlow, SummaryStorage } from '../../../src/export/summary-format-storage.js';
import { SlowFile } from './slow-file.js';

/** A loop device over a file of which every page takes an exact time to read; gone after {@link end}. */
export class SlowDevice {
  readonly path: string;
  readonly #file: SlowFile;

  private constructor(file: SlowFile, path: string) {
    this.#file = file;
    this.path = path;
  }

  static async attach(delayMs: number): Promise<SlowDevice> {
    const file = await SlowFile.mount(delayMs);
    try {
      const path = execFileSync('losetup', ['--find', '--show', '--read-only', file.path], { encoding: 'utf8' });
      return new SlowDevice(file, path.trim());
    } catch (error) {
      await file.end();
      throw error;
    }
  }

  get name(): string {
    return basename(this.path);
  }

  /** Reads completed so far, by the kernel's own count (Documentation/block/stat.rst). */
  get reads(): number {
    return Number(this.#read('stat').trim().split(/\s+/)[0]);
  }

  /** How many requests it may have at once: the rest waits before it. */
  limitRequests(requests: number): void {
    writeFileSync(`/sys/block/${this.name}/queue/scheduler`, 'none');
    writeFileSync(`/sys/block/${this.name}/queue/nr_requests`, String(requests));
  }

  async end(): Promise<void> {
    execFileSync('losetup', ['--detach', this.path]);
    await this.#file.end();
  }

  #read(attribute: string): string {
    return readFileSync(`/sys/block/${this.name}/${attribute}`, 'utf8');
  }
}

/** A device of the summary by its name. */
export function deviceOf(storage: SummaryStorage | undefined, name: string): SummaryDevice {
  const device = storage?.devices.find((one) => one.name === name);
  if (device === undefined) throw new Error(`no device ${name} in ${JSON.stringify(storage)}`);
  return device;
}

/** Reads of one origin; throws where there were none. */
export function readsOf(device: SummaryDevice, origin: SummaryIoFlow['origin']): SummaryIoFlow {
  const flow = device.flows.find((one) => one.origin === origin && !one.write);
  if (flow === undefined) throw new Error(`no reads of ${origin} in ${JSON.stringify(device)}`);
  return flow;
}
