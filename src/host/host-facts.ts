import { cpus, machine, release } from 'node:os';
import type { HostFacts } from '../record/record.js';
import { pageSizeBytes } from './page-size.js';

/** The host we run on, and the version of the bpftrace that is used. */
export function hostFacts(bpftrace: string): HostFacts {
  return { kernel: release(), arch: machine(), cpus: cpus().length, pageBytes: pageSizeBytes(), bpftrace };
}
