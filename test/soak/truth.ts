import { TIME_PARTS, type TimePart } from '../../src/model/cause.js';
import { classifyOpenWait, classifyWait } from '../../src/model/classify.js';

/** What really happened, summed up without limits and without rounding: what the model's totals are held against. */
export class Truth {
  majorFaults = 0n;
  majorFaultsNoSleep = 0n;
  threadsEnded = 0;
  readonly time = new Map<TimePart, bigint>(TIME_PARTS.map((part) => [part, 0n]));

  add(part: TimePart, ns: number): void {
    this.time.set(part, (this.time.get(part) ?? 0n) + BigInt(ns));
  }

  wait(code: number, ns: number): void {
    this.add(classifyWait(code, 'x86_64').cause, ns);
  }

  openWait(code: number, ns: number): void {
    this.add(classifyOpenWait(code, 'x86_64').cause, ns);
  }
}
