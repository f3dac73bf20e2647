// Measures what looking on costs, for faultscope and for the tools one would otherwise take, and prints markdown tables.
// It asserts nothing: figures of a shared machine are no test.
//
//   sudo scripts/bench [--rounds 5] [--seconds 2] [--tools PATTERN] [--figures PATTERN]
//
//   scripts/bench recording [--rounds 5]       only what it costs to read a recording; needs no root
//
// The whole of it takes half an hour a round. A pattern (a regular expression, as in --tools 'stacks|perf record') leaves only the
// tools, or the columns, whose name it is found in; nobody looking on stays.
//
// Every CPU is kept busy in the background, also while nobody looks on: see keepAwake().
// Each round measures every yardstick under every tool in turn, so that a slow minute of the machine falls on all of
// them; the table shows the median of the rounds, and how far it is from nobody looking on.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureFirstFigures } from './first-figures.mjs';
import { measureOwnCost } from './own-cost.mjs';
import { attachPeer, findPeers } from './peers.mjs';
import { measureRecording } from './recording.mjs';
import { median } from './statistics.mjs';
import { markdownTable } from './table.mjs';
import { measure, YARDSTICKS } from './yardsticks.mjs';

const CLI = new URL('../../dist/cli.js', import.meta.url).pathname;

/** What was asked for; what cannot be read ends the program with a line that says so. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '2' },
        tools: { type: 'string', default: '' },
        figures: { type: 'string', default: '' },
      },
    });
    const [only = null] = positionals;
    if (only !== null && only !== 'recording') throw new Error(`there is no benchmark ${only}`);
    return {
      only,
      rounds: atLeastOne('--rounds', values.rounds),
      seconds: atLeastOne('--seconds', values.seconds),
      tools: new RegExp(values.tools),
      figures: new RegExp(values.figures),
    };
  } catch ({ message }) {
    console.error(`bench: ${message}; see the top of scripts/benchmarks/main.mjs`);
    process.exit(2);
  }
}

function atLeastOne(option, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} is a whole number from 1 on, not ${text}`);
  return Number(text);
}

/** One cell of the table: the figures of all rounds, or why there are none. */
async function addFigure(cell, peer, yardstick, seconds, bystanderPid) {
  try {
    cell.figures.push(await measure(yardstick, seconds, bystanderPid, (pid) => attachPeer(peer, pid)));
  } catch (error) {
    cell.failure = error.message;
  }
}

/**
 * Keeps every CPU busy with work that gives way to all else (SCHED_IDLE). Without it, looking on makes some things
 * faster, because it keeps CPUs from sleeping, and others slower, because nobody else has the core's other half.
 */
function keepAwake() {
  return cpus().map(() => spawn('chrt', ['--idle', '0', process.execPath, '-e', 'for (;;);']));
}

async function measurePeers(peers, yardsticks, { rounds, seconds }) {
  const bystander = spawn('sleep', ['infinity']);
  const busy = keepAwake();
  const cells = new Map(peers.map((peer) => [peer, yardsticks.map(() => ({ figures: [], failure: null }))]));
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const [index, yardstick] of yardsticks.entries()) {
        process.stderr.write(`round ${round} of ${rounds}: ${yardstick.title}\n`);
        for (const peer of peers) await addFigure(cells.get(peer)[index], peer, yardstick, seconds, bystander.pid);
      }
    }
  } finally {
    for (const child of [bystander, ...busy]) child.kill();
  }
  return cells;
}

function renderCell(cell, bare, unit) {
  if (cell.figures.length === 0) return 'failed';
  const figure = median(cell.figures);
  const base = median(bare.figures);
  const change = cell === bare ? '' : ` (${figure >= base ? '+' : ''}${(((figure - base) / base) * 100).toFixed(1)} %)`;
  return `${Math.round(figure).toLocaleString('en')} ${unit}${change}`;
}

function renderPeers(peers, yardsticks, cells) {
  const bare = cells.get(peers[0]);
  const rows = peers.map((peer) => [
    peer.name,
    ...cells.get(peer).map((cell, index) => renderCell(cell, bare[index], yardsticks[index].unit)),
  ]);
  const failures = peers.flatMap((peer) => [
    ...new Set(
      cells.get(peer).flatMap(({ failure }) => (failure === null ? [] : [`- ${peer.name} failed: ${failure}`])),
    ),
  ]);
  return [markdownTable(['looking on', ...yardsticks.map(({ title }) => title)], rows), ...failures].join('\n');
}

async function renderOwnFigures(rounds) {
  const commandLine = [process.execPath, CLI];
  const starts = [];
  for (let round = 0; round < rounds; round++) starts.push(await measureFirstFigures(commandLine));
  const costs = await measureOwnCost(commandLine);
  const rows = costs.map(({ name, cpuFraction, residentMiB }) => [
    name,
    `${(cpuFraction * 100).toFixed(1)} %`,
    `${Math.round(residentMiB)} MiB`,
  ]);
  return [
    `From start to the first thread on the screen: ${Math.round(median(starts))} ms (median of ${rounds}).`,
    '',
    markdownTable(['process, 100 threads watched at 1 s', 'one CPU', 'resident'], rows),
  ].join('\n');
}

const options = readArguments();
if (options.only === 'recording') {
  console.log(await measureRecording(options.rounds));
  process.exit();
}
const [nobody, ...others] = findPeers();
const peers = [nobody, ...others.filter(({ name }) => options.tools.test(name))];
const yardsticks = YARDSTICKS.filter(({ title }) => options.figures.test(title));
console.log(`Medians of ${options.rounds} alternating rounds of ${options.seconds} s each.\n`);
console.log(renderPeers(peers, yardsticks, await measurePeers(peers, yardsticks, options)));
const isWhole = peers.length === others.length + 1 && yardsticks.length === YARDSTICKS.length;
if (isWhole && existsSync(CLI)) console.log(`\n${await renderOwnFigures(options.rounds)}`);
