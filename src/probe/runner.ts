import { setTimeout as later } from 'node:timers/promises';
import { ExitCode, FaultscopeError } from '../errors.js';
import type { FaultscopeRecord, HostFacts, ProbeRecord, ProbeSet } from '../record/record.js';
import { type BpftraceEnd, type BpftraceProcess, startBpftrace } from './bpftrace-process.js';
import type { DumpDecoder } from './dump-decoder.js';
import { packScalars, wastesScalars } from './pack-scalars.js';
import { patience } from './patience.js';
import { loadScript } from './script.js';
import { SilenceWatch } from './silence-watch.js';
import type { Variant } from './variants.js';

export interface RunnerOptions {
  readonly set: ProbeSet;
  /** The program; of which version it is, `host` says. */
  readonly bpftrace: string;
  readonly host: Pick<HostFacts, 'cpus' | 'bpftrace'>;
  readonly variants: readonly Variant[];
  /** Positional parameters of the script: the target's pid, how many tenths of a second lie between two dumps, others. */
  readonly args: readonly string[];
  readonly mapKeys: number;
  readonly decoder: () => DumpDecoder;
  readonly emit: (record: FaultscopeRecord) => void;
  readonly onDump?: DumpListener;
  readonly nowNs: () => bigint;
}

export interface DumpListener {
  /** A dump of the maps is about to be read, which the script began then. */
  readonly begins?: (atNs: bigint) => void;
  /** All of it has been told. */
  readonly ended: () => void;
}

/** How long a bpftrace must have been silent to be taken for one with nothing left to print, and how long that is waited for. */
const CALM_NS = 30_000_000n;
const CALM_DEADLINE_NS = 1_000_000_000n;

/** Runs one probe set as one bpftrace child, in the first variant that works here. */
export class ProbeRunner {
  readonly #options: RunnerOptions;
  #process: BpftraceProcess | undefined;
  #decoder: DumpDecoder | undefined;
  #lastLineNs = 0n;
  #variant: string | null = null;
  #runningPid: number | null = null;
  #stopping = false;
  #hasFailed = false;
  #silence: SilenceWatch | undefined;
  #hungFor: string | null = null;
  /** Resolves with the reason when the set ends without being asked to. */
  readonly failed: Promise<string>;
  #fail: (reason: string) => void = () => {};

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  /** Of the bpftrace that runs, or a wrapper around it; null while none does. */
  get pid(): number | null {
    return this.#runningPid;
  }

  /** Resolves when the first dump is in. Throws FaultscopeError (exit 3) where no variant works. */
  async start(): Promise<void> {
    this.#status('starting', null, null);
    const reasons: string[] = [];
    const wrongLayouts = new Set<string>();
    for (const variant of this.#options.variants) {
      if (this.#stopping) return;
      if (wrongLayouts.has(variant.registers)) continue;
      const attempt = await this.#attempt(variant);
      if (attempt === 'running') return;
      if (attempt === 'wrong-registers') wrongLayouts.add(variant.registers);
      reasons.push(attempt === 'wrong-registers' ? `saved registers not found (${variant.name})` : attempt);
    }
    if (this.#stopping) return;
    throw this.#refused(reasons.at(-1) ?? 'no variant to try');
  }

  #refused(reason: string): FaultscopeError {
    this.#status('failed', null, reason);
    return new FaultscopeError({
      exitCode: ExitCode.host,
      message: `bpftrace cannot trace here: ${reason}`,
      hint: 'run: faultscope doctor',
    });
  }

  /** Ends the set; its last dump is delivered before this resolves. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#silence?.end();
    await this.#calm();
    this.#decoder?.ends();
    await this.#process?.stop();
    if (this.#hasFailed) return;
    this.#status('stopped', this.#variant, null);
  }

  /**
   * What bpftrace has read from its rings but not printed yet when SIGINT comes it drops: it is let finish a dump, and the
   * records that gathered meanwhile.
   */
  async #calm(): Promise<void> {
    const endNs = this.#options.nowNs() + CALM_DEADLINE_NS;
    while (this.#options.nowNs() < endNs) {
      const silentNs = this.#options.nowNs() - this.#lastLineNs;
      if (this.#decoder?.inDump !== true && silentNs > CALM_NS) return;
      await later(10);
    }
  }

  async #attempt(variant: Variant): Promise<'running' | 'wrong-registers' | string> {
    const { set, bpftrace, host, args, mapKeys, decoder: newDecoder } = this.#options;
    const decoder = newDecoder();
    this.#decoder = decoder;
    // A dump is told whole or not yet: between two of its lines the model would hold this dump's waits against the last one's clocks.
    const held: FaultscopeRecord[] = [];
    let isRunning = false;
    let settle: (outcome: 'running' | 'wrong-registers') => void = () => {};
    const firstDump = new Promise<'running' | 'wrong-registers'>((resolve) => {
      settle = resolve;
    });
    const onLine = (line: string): void => {
      this.#lastLineNs = this.#options.nowNs();
      this.#silence?.heard();
      const { dumps: dumpsBefore, inDump: wasInDump } = decoder;
      const records = decoder.line(line);
      if (decoder.inDump && !wasInDump) this.#options.onDump?.begins?.(decoder.toldNs);
      const dumped = decoder.dumps > dumpsBefore;
      held.push(...records);
      if (decoder.inDump || (!isRunning && !dumped)) return;
      if (isRunning) return this.#deliver(held.splice(0), dumped);
      if (held.some(isWrongLayout)) return settle('wrong-registers');
      isRunning = true;
      this.#variant = variant.name;
      this.#status('running', variant.name, null, decoder.attachedNs);
      this.#deliver(held.splice(0), true);
      settle('running');
    };
    const readable = loadScript(set, variant.patches);
    const script = wastesScalars(host.bpftrace) ? packScalars(readable) : readable;
    const command = { path: bpftrace, cpus: host.cpus, script, args, mapKeys };
    const child = startBpftrace(command, onLine);
    this.#process = child;
    const outcome = await Promise.race([firstDump, child.ended, patience(child.pid)]);
    if (outcome === 'running') {
      this.#watch(child);
      this.#runningPid = child.pid;
      child.ended.then((end) => this.#ended(end, [...held, ...decoder.finish()]));
      return 'running';
    }
    if (typeof outcome === 'object') return describeEnd(outcome);
    const end = await child.stop();
    if (outcome === 'wrong-registers') return outcome;
    // Others would hang as this one did, a deadline each.
    throw this.#refused(end.reason ?? `bpftrace gave no figures within ${outcome} s`);
  }

  /** A bpftrace that lives and tells nothing would leave its figures standing, which nobody could see. */
  #watch(child: BpftraceProcess): void {
    const { args, mapKeys } = this.#options;
    // The fuller its maps, the more rarely a script prints them (bpf/threads.bt).
    const rarestMs = Number(args[1]) * 100 * (1 + mapKeys / 8192);
    this.#silence = new SilenceWatch(rarestMs, (forMs) => {
      this.#hungFor = `bpftrace has told nothing for ${forMs / 1000} s`;
      child.stop();
    });
  }

  #deliver(records: readonly FaultscopeRecord[], dumped: boolean): void {
    for (const record of records) this.#options.emit(record);
    if (dumped) this.#options.onDump?.ended();
  }

  #ended(end: BpftraceEnd, last: readonly FaultscopeRecord[]): void {
    this.#silence?.end();
    this.#runningPid = null;
    this.#deliver(last, false);
    if (this.#stopping) return;
    const reason = this.#hungFor ?? describeEnd(end);
    this.#hasFailed = true;
    this.#status('failed', this.#variant, reason);
    this.#fail(reason);
  }

  #status(
    state: ProbeRecord['state'],
    variant: string | null,
    detail: string | null,
    atNs: bigint | null = null,
  ): void {
    const { set, emit, nowNs } = this.#options;
    emit({ kind: 'probe', atNs: atNs ?? nowNs(), set, state, variant, detail });
  }
}

function isWrongLayout(record: FaultscopeRecord): boolean {
  return record.kind === 'loss' && record.what === 'registers';
}

function describeEnd(end: BpftraceEnd): string {
  if (end.reason !== null) return end.reason;
  return end.signal === null ? `bpftrace ended with code ${end.code ?? '?'}` : `bpftrace was killed by ${end.signal}`;
}
