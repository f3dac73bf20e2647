import { answers, type Readable } from '../host/answers.js';
import { mappedFilePath } from '../host/mapped-file.js';
import { type Mapping, readMappings } from '../host/mappings.js';
import { readExecutable } from '../host/proc-process.js';
import type { FileSystems } from './file-systems.js';

/** A server that did not answer is not asked for other files so soon: each would take as long. */
const REST_NS = 60_000_000_000n;

/** Whether we could read the files of a process without waiting for a server that does not answer. */
export class ReadableFiles {
  readonly #pid: number;
  readonly #fileSystems: Pick<FileSystems, 'isLocal'>;
  readonly #nowNs: () => bigint;
  readonly #ask: typeof answers;
  /** By device: when its server did not answer. */
  readonly #silent = new Map<number, bigint>();

  constructor(pid: number, fileSystems: Pick<FileSystems, 'isLocal'>, nowNs: () => bigint, ask = answers) {
    this.#pid = pid;
    this.#fileSystems = fileSystems;
    this.#nowNs = nowNs;
    this.#ask = ask;
  }

  /** The file of a mapping. */
  mapped(mapping: Mapping): Readable {
    return this.#of(mapping, mappedFilePath(this.#pid, mapping));
  }

  /** The program that it runs. */
  program(): Readable {
    const path = readExecutable('/proc', this.#pid);
    const mapping = readMappings(`/proc/${this.#pid}/maps`).find((one) => one.of === 'file' && one.path === path);
    return mapping === undefined || this.#of(mapping, `/proc/${this.#pid}/exe`);
  }

  #of({ device }: Mapping, path: string): Readable {
    return this.#fileSystems.isLocal(device) || this.#answers(device, path);
  }

  async #answers(device: number, path: string): Promise<boolean> {
    const silentNs = this.#silent.get(device);
    if (silentNs !== undefined && this.#nowNs() - silentNs < REST_NS) return false;
    if (await this.#ask(path)) return true;
    this.#silent.set(device, this.#nowNs());
    return false;
  }
}
