import { cpus, release } from 'node:os';
import { diagnose } from '../../../src/diagnosis/diagnose.js';
import { summaryOf } from '../../../src/export/summary.js';
import type { Summary } from '../../../src/export/summary-format.js';
import { monotonicNs } from '../../../src/host/clock.js';
import { TaskSampler } from '../../../src/host/sampler.js';
import { Trace } from '../../../src/model/trace.js';
import { ThreadsDecoder } from '../../../src/probe/decode-threads.js';
import { ProbeRunner } from '../../../src/probe/runner.js';
import type { Variant } from '../../../src/probe/variants.js';
import type { FaultscopeRecord, HostFacts } from '../../../src/record/record.js';

export interface DirectOptions {
  readonly pid: number;
  readonly bpftrace: string;
  readonly variant: Variant;
  /** Entries a kernel map may have. */
  readonly mapKeys?: number;
  /** Cells of a histogram map after which the script turns to the other one. */
  readonly cells?: number;
  /** Single faults sent per tenth of a second. */
  readonly ration?: number;
  /** As of a host with so many CPUs: the more, the less room for printed lines each has. */
  readonly cpus?: number;
  /** Sees every record of the probe set. */
  readonly onRecord?: (record: FaultscopeRecord) => void;
}

/** This machine; what the version is does not matter to a variant that is already chosen. */
export const HOST: HostFacts = { kernel: release(), arch: 'x86_64', cpus: cpus().length, bpftrace: null };

/** The main probe set in one variant and with maps of any size, which the command line does not let one choose. */
export class DirectProbe {
  readonly #trace: Trace;
  readonly #runner: ProbeRunner;
  readonly #sampler: TaskSampler;
  readonly #onRecord: (record: FaultscopeRecord) => void;
  #latestEpoch = 0;

  constructor(options: DirectOptions) {
    const { pid, bpftrace, variant, mapKeys = 65_536, cells = 3000, ration = 20, onRecord = () => {} } = options;
    const host = { ...HOST, cpus: options.cpus ?? HOST.cpus };
    this.#onRecord = onRecord;
    this.#sampler = new TaskSampler(pid);
    this.#trace = new Trace({
      kind: 'session',
      syscallTable: 'x86_64',
      formatVersion: 1,
      toolVersion: 'test',
      startedAtMs: Date.now(),
      atNs: monotonicNs(),
      host: HOST,
      target: { pid, comm: '', exe: null, launched: false },
    });
    this.#runner = new ProbeRunner({
      set: 'threads',
      bpftrace,
      host,
      variants: [variant],
      // A dump every tenth of a second.
      args: [pid, 1, ration, cells].map(String),
      mapKeys,
      decoder: () => new ThreadsDecoder(),
      emit: (record) => this.#apply(record),
      onDump: { ended: () => this.#sample() },
      nowNs: monotonicNs,
    });
  }

  /** How often the script turned from one histogram map to the other. */
  get epochs(): number {
    return this.#latestEpoch;
  }

  start(): Promise<void> {
    return this.#runner.start();
  }

  /** The target must be at rest: what is traced and what the kernel counted make a pair only then. */
  async stop(): Promise<Summary> {
    await this.#runner.stop();
    this.#sample();
    this.#sampler.close();
    const snapshot = this.#trace.snapshot();
    return summaryOf(snapshot, diagnose(snapshot));
  }

  #sample(): void {
    for (const record of this.#sampler.sample(monotonicNs, { readAll: true }).records) {
      this.#apply(record.kind === 'process' ? { ...record, majorFaultsBefore: record.majorFaults } : record);
    }
  }

  #apply(record: FaultscopeRecord): void {
    if (record.kind === 'wait') this.#latestEpoch = Math.max(this.#latestEpoch, record.epoch);
    this.#trace.apply(record);
    this.#onRecord(record);
  }
}
