import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const DIRECTORY = new URL('../../build/workloads/', import.meta.url).pathname;

/**
 * A program of scripts/workloads, up and ready. Its JSON lines are in `events`; with --hold it waits until `go()`.
 * `end()` resolves to its exit; `stop()` ends it early.
 */
export async function startWorkload(name, args) {
  const child = spawn(`${DIRECTORY}${name}`, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const events = [];
  const lines = createInterface({ input: child.stdout });
  const exit = once(child, 'exit');
  const drained = once(lines, 'close');
  const ready = new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const event = JSON.parse(line);
      events.push(event);
      if (event.event === 'ready') resolve();
    });
    child.once('exit', () => reject(new Error(`${name} ended before it was ready`)));
  });
  await ready;
  return {
    pid: child.pid,
    events,
    go: () => child.stdin.write('\n'),
    end: () => Promise.all([exit, drained]),
    stop: () => {
      child.kill('SIGTERM');
      return exit;
    },
  };
}
