import { thisHost } from '../doctor/check.js';
import { preflight } from '../doctor/doctor.js';
import { ExitCode } from '../errors.js';
import { hostFacts } from '../host/host-facts.js';
import { thisProcess } from '../host/observer.js';
import { requireInitialNamespace, resolvePid } from '../host/target.js';
import { keepHeapLean } from '../lean-heap.js';
import { locateBpftrace } from '../probe/locate.js';
import { Agent } from '../serve/agent.js';
import type { ServeConfig } from '../serve/config.js';
import { safeText } from '../text/safe.js';
import { Exits, report } from './exits.js';
import { later } from './later.js';
import { parseTime } from './options.js';
import { type ServeOptions, serveConfig } from './serve-config.js';
import { toolVersion } from './version.js';

export type { ServeOptions } from './serve-config.js';

/** Observes targets and serves metrics until a signal, or --duration, ends it. Returns the exit code. */
export async function serve(options: ServeOptions, command: readonly string[]): Promise<number> {
  let reload = (): void => {};
  // Without a file there is nothing to read anew: then a hangup is that of its terminal.
  const exits = new Exits({ onHangup: options.config === undefined ? null : () => reload(), outputLost: 'go-on' });
  const config = serveConfig(options, command);
  const durationMs = options.duration === undefined ? null : parseTime('--duration', options.duration);
  preflight(thisHost(process.env, options.bpftrace));
  requireInitialNamespace(thisProcess());
  refuseMissing(config);
  const { path, version } = await locateBpftrace(options.bpftrace, process.env);
  keepHeapLean();
  const surroundings = { toolVersion: toolVersion(), host: hostFacts(version), bpftrace: path };
  const agent = await Agent.open(config, surroundings, say);
  say(`serves ${agent.url}/metrics`);
  reload = reloader(agent, options, command);
  const over = durationMs === null ? [] : [later(durationMs).then(() => null)];
  const interruption = await Promise.race([exits.interrupted, ...over]);
  await agent.close();
  return interruption?.exitCode ?? ExitCode.done;
}

/** A process named by its number is there, or that number is wrong. */
function refuseMissing({ targets }: ServeConfig): void {
  for (const { selector } of targets) if (selector.by === 'pid') resolvePid(selector.pid);
}

/** One reload after the other; what came while one was under way is one more. */
function reloader(agent: Agent, options: ServeOptions, command: readonly string[]): () => void {
  let change: Promise<void> = Promise.resolve();
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    change = change.then(() => {
      waiting = false;
      return reloadOnce(agent, options, command);
    });
  };
}

async function reloadOnce(agent: Agent, options: ServeOptions, command: readonly string[]): Promise<void> {
  try {
    await agent.reload(() => serveConfig(options, command));
    say(`has read ${options.config ?? ''} anew, serves ${agent.url}/metrics`);
  } catch (error) {
    report(error);
    say('goes on as it was');
  }
}

function say(line: string): void {
  process.stderr.write(`faultscope: ${safeText(line)}\n`);
}
