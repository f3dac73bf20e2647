import { startWorkload } from './workload.mjs';

/**
 * What is measured while a tool looks on. `pick` takes the figure from the workload's lines; `args` are the workload's
 * own, for so many seconds. A bystander is measured while the tool looks at another, sleeping process.
 */
export const YARDSTICKS = [
  {
    title: 'context switch, target',
    workload: 'pingpong',
    bystander: false,
    unit: 'ns',
    pick: (line) => line.nsPerSwitch,
  },
  {
    title: 'context switch, bystander',
    workload: 'pingpong',
    bystander: true,
    unit: 'ns',
    pick: (line) => line.nsPerSwitch,
  },
  {
    title: 'minor fault, target',
    workload: 'minorfaults',
    bystander: false,
    unit: 'ns',
    pick: (line) => line.nsPerFault,
  },
  {
    title: 'minor fault, bystander',
    workload: 'minorfaults',
    bystander: true,
    unit: 'ns',
    pick: (line) => line.nsPerFault,
  },
  {
    title: 'major faults of a cold mmap, target',
    workload: 'coldmmap',
    bystander: false,
    unit: '/s',
    pick: (line) => (line.majflt * 1e9) / line.durationNs,
  },
  {
    title: 'major faults of a Go program, target',
    workload: 'go/1.24-cgo/goread',
    // Without its own measurement, which would cost it more than a tool that looks on.
    args: (seconds) => [...during(seconds), '--measure=false', '--readers', '8'],
    bystander: false,
    unit: '/s',
    pick: (line) => (line.majflt * 1e9) / line.durationNs,
  },
  {
    title: 'request over loopback, target',
    workload: 'answers',
    args: asked,
    bystander: false,
    unit: 'ns',
    pick: (line) => line.durationNs / line.answered,
  },
  {
    title: 'request over loopback, bystander',
    workload: 'answers',
    args: asked,
    bystander: true,
    unit: 'ns',
    pick: (line) => line.durationNs / line.answered,
  },
  {
    title: 'block read, target',
    workload: 'blockreads',
    bystander: false,
    unit: 'ns',
    pick: (line) => line.nsPerRead,
  },
  {
    title: 'block read, bystander',
    workload: 'blockreads',
    bystander: true,
    unit: 'ns',
    pick: (line) => line.nsPerRead,
  },
  {
    title: 'page read into the page cache, bystander',
    workload: 'pagechurn',
    bystander: true,
    unit: 'ns',
    pick: (line) => line.durationNs / line.pages,
  },
];

function during(seconds) {
  return ['--seconds', String(seconds)];
}

/** So many requests, one after another, that it takes about so long. */
function asked(seconds) {
  return ['--delay', '0', '--requests', String(seconds * 10_000)];
}

/**
 * Runs the yardstick's workload for `seconds`, between `attach(pid)` and the `detach()` that it resolves to, and returns
 * the figure.
 */
export async function measure(yardstick, seconds, bystanderPid, attach) {
  const { workload: name, args = during } = yardstick;
  const workload = await startWorkload(name, ['--hold', ...args(seconds)]);
  try {
    const detach = await attach(yardstick.bystander ? bystanderPid : workload.pid);
    try {
      workload.go();
      await workload.end();
    } finally {
      await detach();
    }
  } finally {
    await workload.stop();
  }
  return yardstick.pick(workload.events.at(-1));
}
