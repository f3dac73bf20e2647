import { answers } from '../host/answers.js';
import { mappedFilePath } from '../host/mapped-file.js';
import { type Mapping, readMappings } from '../host/mappings.js';
import { readExecutable } from '../host/proc-process.js';
import type { FileSystems } from './file-systems.js';

/** Known at once where no server has to be asked. */
export type Readable = true | Promise<boolean>;

/** Whether we could read the files of a process without waiting for a server that does not answer. */
export class ReadableFiles {
  readonly #pid: number;
  readonly #fileSystems: FileSystems;

  constructor(pid: number, fileSystems: FileSystems) {
    this.#pid = pid;
    this.#fileSystems = fileSystems;
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
    return this.#fileSystems.isLocal(device) || answers(path);
  }
}
