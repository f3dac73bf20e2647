import { seededRandom } from './random.js';

/** How long something takes, with that mean. */
export type Times = 'exponential' | 'deterministic' | 'two-sized';

/** Goroutines on Ps and CPUs, event by event: what the model in src/diagnosis/queueing.ts is held against. */
export interface Scene {
  readonly capacity: number;
  readonly cpus: number;
  readonly goroutines: number;
  readonly runNs: number;
  readonly faultNs: number;
  readonly thinkNs: number;
  readonly run: Times;
  readonly fault: Times;
  /** How many faults the device serves at once; the others wait for it, in order. */
  readonly deviceChannels: number;
}

interface Goroutine {
  state: 'ready' | 'running' | 'queued' | 'fault' | 'thinking';
  /** Of its state, in nanoseconds of service. */
  left: number;
}

/** Share of time at each level, 0 to capacity. A P goes to whoever has waited for one longest; CPUs are shared equally. */
export function simulate(scene: Scene, faults: number, seed = 1): { levels: number[]; faultRatePerNs: number } {
  const random = seededRandom(seed);
  const all: Goroutine[] = Array.from({ length: scene.goroutines }, () => ({ state: 'ready', left: 0 }));
  const ready = [...all];
  const queued: Goroutine[] = [];
  const levels = new Array<number>(scene.capacity + 1).fill(0);
  let done = 0;
  let elapsed = 0;
  while (done < faults) {
    dispatch(scene, all, ready, queued, random);
    const running = all.filter(({ state }) => state === 'running').length;
    const speedOf = ({ state }: Goroutine): number => (state === 'running' ? Math.min(1, scene.cpus / running) : 1);
    const busy = all.filter(({ state }) => state === 'running' || state === 'fault' || state === 'thinking');
    const step = Math.min(...busy.map((one) => one.left / speedOf(one)));
    const level = all.filter(({ state }) => state === 'fault' || state === 'queued').length;
    levels[level] = (levels[level] ?? 0) + step;
    elapsed += step;
    for (const one of busy) one.left -= step * speedOf(one);
    for (const one of busy.filter(({ left }) => left <= 1e-6)) {
      if (one.state === 'fault') done += 1;
      advance(scene, one, ready, queued, random);
    }
  }
  return { levels: levels.map((time) => time / elapsed), faultRatePerNs: done / elapsed };
}

function dispatch(scene: Scene, all: Goroutine[], ready: Goroutine[], queued: Goroutine[], random: () => number): void {
  const holding = (): number => all.filter(({ state }) => state !== 'ready' && state !== 'thinking').length;
  while (holding() < scene.capacity) {
    const next = ready.shift();
    if (next === undefined) break;
    next.state = 'running';
    next.left = draw(scene.run, scene.runNs, random);
  }
  while (all.filter(({ state }) => state === 'fault').length < scene.deviceChannels) {
    const next = queued.shift();
    if (next === undefined) break;
    next.state = 'fault';
    next.left = draw(scene.fault, scene.faultNs, random);
  }
}

function advance(scene: Scene, one: Goroutine, ready: Goroutine[], queued: Goroutine[], random: () => number): void {
  if (one.state === 'running') {
    one.state = 'queued';
    queued.push(one);
  } else if (one.state === 'fault' && scene.thinkNs > 0) {
    one.state = 'thinking';
    one.left = draw('exponential', scene.thinkNs, random);
  } else {
    one.state = 'ready';
    ready.push(one);
  }
}

function draw(times: Times, mean: number, random: () => number): number {
  if (times === 'deterministic') return mean;
  // One in ten takes 5.5 times the mean, the others half of it.
  if (times === 'two-sized') return random() < 0.1 ? mean * 5.5 : mean * 0.5;
  return -Math.log(1 - random()) * mean;
}
