import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { Trace } from '../../../src/model/trace.js';
import type { FaultscopeRecord, ProbeSet, SwitchableSet } from '../../../src/record/record.js';
import { Session, type SessionOptions } from '../../../src/session/session.js';

type OfKind<K extends FaultscopeRecord['kind']> = Extract<FaultscopeRecord, { kind: K }>;

/** A session as the program runs it, and every record of it. */
export class RecordedSession {
  readonly records: FaultscopeRecord[] = [];
  readonly #session: Session;

  /** `listen` hears of every record too. */
  constructor(
    pid: number,
    { sets = [], exact = 'auto' }: Partial<Pick<SessionOptions, 'sets' | 'exact'>> = {},
    listen: (record: FaultscopeRecord) => void = () => {},
  ) {
    const bpftrace = '/usr/bin/bpftrace';
    const version = execFileSync(bpftrace, ['--version'], { encoding: 'utf8' }).trim().replace('bpftrace v', '');
    this.#session = new Session({
      toolVersion: 'test',
      host: { kernel: release(), arch: 'x86_64', cpus: cpus().length, bpftrace: version },
      target: { pid, comm: '', exe: null, launched: false },
      bpftrace,
      intervalMs: 200,
      exact,
      sets,
      capacity: null,
      budget: null,
      threads: 8,
      emit: (record) => {
        this.records.push(record);
        listen(record);
      },
    });
  }

  start(): Promise<void> {
    return this.#session.start();
  }

  stop(): Promise<void> {
    return this.#session.stop('quit');
  }

  toggle(set: SwitchableSet): void {
    this.#session.toggle(set);
  }

  /** It has attached, now or before. */
  hasRun(set: ProbeSet): boolean {
    return this.ofKind('probe').some((record) => record.set === set && record.state === 'running');
  }

  /** What the model makes of the records so far. */
  snapshot(): Snapshot {
    const [session] = this.ofKind('session');
    if (session === undefined) throw new Error('the session has not begun');
    const trace = new Trace(session);
    for (const record of this.records) trace.apply(record);
    return trace.snapshot();
  }

  ofKind<K extends FaultscopeRecord['kind']>(kind: K): OfKind<K>[] {
    return this.records.filter((record): record is OfKind<K> => record.kind === kind);
  }

  /** The latest name that was told of a file; undefined where none was. */
  nameOf(inode: bigint): OfKind<'file'> | undefined {
    return this.ofKind('file').findLast((record) => record.inode === inode);
  }
}

/** Major faults by file, "device inode", as the kernel script counted them; "0 0" are those of no file. */
export function faultsByFile(records: readonly FaultscopeRecord[]): ReadonlyMap<string, number> {
  const bySteps = new Map<string, OfKind<'file-faults'>>();
  for (const record of records) {
    if (record.kind === 'file-faults') bySteps.set(`${record.device} ${record.inode} ${record.step}`, record);
  }
  const byFile = new Map<string, number>();
  for (const { device, inode, count } of bySteps.values()) {
    const key = `${device} ${inode}`;
    byFile.set(key, (byFile.get(key) ?? 0) + count);
  }
  return byFile;
}
