import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultscopeRecord } from '../../src/record/record.js';
import { RecordingWriter } from '../../src/recording/writer.js';
import { recordedCauses } from './recorded-causes.js';

/** Recordings in a directory of their own, which everybody may read. */
export class Recordings {
  readonly directory = mkdtempSync('/tmp/faultscope-recordings-');

  /** Writes one of these records; returns its path. */
  async write(name: string, records: readonly FaultscopeRecord[]): Promise<string> {
    const path = join(this.directory, name);
    const writer = await RecordingWriter.create(path, { force: true });
    let moment: FaultscopeRecord[] = [];
    for (const record of records) {
      moment.push(record);
      if (record.kind !== 'tick' && record.kind !== 'end') continue;
      writer.write(moment);
      moment = [];
    }
    await writer.close();
    return path;
  }

  /** A real session of ten moments. */
  causes(): Promise<string> {
    return this.write('causes.fscope', recordedCauses());
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
