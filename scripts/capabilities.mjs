// Which capabilities faultscope needs, and what each of them gives: it observes programs of another user, whose files are theirs
// alone, with those of packaging/systemd/faultscope.service, then without each, then with all, and prints what was missing.
//
//   sudo node scripts/capabilities.mjs [--bpftrace PATH]
//
// Needs the workloads (scripts/workloads, and VERSION=1.24 VARIANT=plain of scripts/workloads/go), dist/, a C compiler.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const NOBODY = 65534;
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];

const directory = mkdtempSync('/var/tmp/faultscope-capabilities-');
chownSync(directory, NOBODY, NOBODY);

/** Theirs, and for nobody else to look at. */
function given(source, name) {
  const path = join(directory, name);
  if (existsSync(path)) return path;
  copyFileSync(source, path);
  // What is not on the disk yet cannot become cold.
  execFileSync('sync', [path]);
  chownSync(path, NOBODY, NOBODY);
  chmodSync(path, 0o700);
  return path;
}

const stacksOf = ({ stacks }, kernel) =>
  (stacks?.faults.frames ?? []).concat(stacks?.offCpu.frames ?? []).filter((frame) => frame.kernel === kernel);
const names = (frames) => frames.map(({ name }) => name);

/** What to observe, and what a summary of it says where nothing is missing: each line true or a word. */
const TARGETS = [
  {
    name: 'a C program',
    sets: ['--exact', '--pagecache', '--stacks', '--storage', '--wakers', '--requests'],
    start() {
      const program = given(join(PROJECT, 'build/workloads/coldmmap'), 'coldmmap');
      return [program, '--dir', directory, '--mib', '32', '--rate', '300', '--threads', '3'];
    },
    said: (summary) => ({
      ...Object.fromEntries(
        summary.quality.probes.map(({ set, variant, detail }) => [`set ${set}`, detail ?? variant ?? 'absent']),
      ),
      'faults traced': (summary.quality.coverage.fraction ?? 0) > 0.99,
      'its executable': summary.target.exe,
      'its file named': summary.files?.some(({ path }) => path?.endsWith('faultscope-cold-8192.dat')) ?? false,
      'size of its file': summary.files?.[0]?.sizeBytes ?? null,
      'how much of its file is in memory': summary.files?.[0]?.residency != null,
      'functions of the program': names(stacksOf(summary, false)).includes('touch_page'),
      'functions of the kernel': names(stacksOf(summary, true)).includes('do_syscall_64'),
      'blocked in I/O by stacks': summary.wakers?.waits > 0,
      'causes of faults': (summary.pageCache?.causes?.length ?? summary.files?.[0]?.causes?.length ?? 0) > 0,
      'its disk': summary.storage?.devices?.length > 0,
      'who fills memory': summary.pageCache?.fillers?.some(({ comm }) => comm === 'coldmmap') ?? false,
    }),
  },
  {
    name: 'a Go program',
    sets: [],
    start() {
      const program = given(join(PROJECT, 'build/workloads/go/1.24-plain/goread'), 'goread');
      return [program, '--dir', directory, '--mib', '32', '--pause', '0.02'];
    },
    said: ({ target, goroutines }) => ({
      runtime: `${target.runtime.kind} ${target.runtime.version}`,
      GOMAXPROCS: `${target.runtime.capacity} (${target.runtime.capacitySource})`,
      goroutines: goroutines !== undefined,
    }),
  },
  {
    name: 'a Node program',
    sets: ['--stacks'],
    start() {
      const shim = join(directory, 'coldalloc.so');
      const source = join(PROJECT, 'test/kernel/stacks/coldalloc.c');
      execFileSync('cc', ['-O1', '-D_GNU_SOURCE', '-shared', '-fPIC', '-o', shim, source, '-ldl']);
      const file = given(process.execPath, 'cold.dat');
      const script = given(join(PROJECT, 'test/kernel/stacks/cold.js'), 'cold.js');
      const options = ['--perf-basic-prof', '--no-logfile-per-isolate', `--logfile=${join(directory, 'v8.log')}`];
      return ['env', `COLD_FILE=${file}`, `LD_PRELOAD=${shim}`, process.execPath, ...options, script];
    },
    ready: 'ready',
    said: (summary) => ({
      'functions of JavaScript': names(stacksOf(summary, false)).some((name) => /serveRequest|touchRow/.test(name)),
    }),
  },
];

function asUnit() {
  const unit = readFileSync(join(PROJECT, 'packaging/systemd/faultscope.service'), 'utf8');
  return /^CapabilityBoundingSet=(.*)$/m
    .exec(unit)[1]
    .split(' ')
    .map((name) => name.replace('CAP_', '').toLowerCase());
}

const bounding = (capabilities) => ['-all', ...capabilities.map((name) => `+${name}`)].join(',');

async function observe(target, capabilities, bpftrace) {
  const [file, ...argv] = [...AS_NOBODY, ...target.start()];
  const running = spawn(file, argv, { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  running.stdout.resume();
  await later(2000);
  const observer = spawn(
    'setpriv',
    [
      ...['--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs'],
      ...(capabilities === null ? [] : [`--bounding-set=${bounding(capabilities)}`]),
      ...[process.execPath, join(PROJECT, 'dist/cli.js'), '--headless', '--duration', '8s', ...target.sets],
      ...['--export', '-', '--pid', String(running.pid), ...bpftrace],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stdout = '';
  let stderr = '';
  observer.stdout.on('data', (text) => {
    stdout += text;
  });
  observer.stderr.on('data', (text) => {
    stderr += text;
  });
  if (target.ready) later(7000).then(() => running.stdin.write('\n'));
  await once(observer, 'close');
  running.kill('SIGKILL');
  await once(running, 'close');
  try {
    return target.said(JSON.parse(stdout));
  } catch {
    return { 'it runs': stderr.trim() };
  }
}

async function all(capabilities, bpftrace) {
  const said = {};
  for (const target of TARGETS) {
    for (const [what, value] of Object.entries(await observe(target, capabilities, bpftrace))) {
      said[`${target.name}: ${what}`] = String(value);
    }
  }
  return said;
}

function tell(title, said, reference) {
  console.log(`\n${title}`);
  const failure = Object.entries(said).find(([what]) => what.endsWith('it runs'));
  if (failure !== undefined) return console.log(`  ${failure.join(': ')}`);
  const other = [...new Set([...Object.keys(said), ...Object.keys(reference)])].filter(
    (what) => said[what] !== reference[what],
  );
  for (const what of other) console.log(`  ${what}: ${said[what] ?? '-'} (else: ${reference[what] ?? '-'})`);
  if (other.length === 0) console.log('  no difference');
}

const bpftrace = process.argv.slice(2);
try {
  const needed = asUnit();
  const reference = await all(null, bpftrace);
  console.log('with all capabilities');
  for (const [what, value] of Object.entries(reference)) console.log(`  ${what}: ${value}`);
  tell(`with ${needed.join(', ')} alone`, await all(needed, bpftrace), reference);
  for (const name of needed)
    tell(
      `without ${name}`,
      await all(
        needed.filter((other) => other !== name),
        bpftrace,
      ),
      reference,
    );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
