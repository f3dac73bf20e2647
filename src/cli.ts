#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { report } from './commands/exits.js';
import type { ExportCommandOptions } from './commands/export.js';
import type { LiveOptions } from './commands/live-options.js';
import type { RecordOptions } from './commands/record.js';
import type { ServeOptions } from './commands/serve.js';
import { toolVersion } from './commands/version.js';
import { ExitCode, FaultscopeError } from './errors.js';

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed while running
  2    wrong usage
  3    this host cannot (run: faultscope doctor)
  4    no such target, or one that may not be traced
  5    diff: a --fail-if holds, or what it asks for was not measured
  129  ended by SIGHUP
  143  ended by SIGTERM`;

const EXAMPLES = `
Examples:
  sudo faultscope                              pick a process, worst major fault rate first
  sudo faultscope --pid 1234                   watch it live
  sudo faultscope --name postgres --headless --duration 10s --export out.json
  sudo faultscope record --pid 1234 --duration 60s -o x.fscope
  sudo faultscope -- ./server --port 80        launch it, traced from its first instruction
  sudo faultscope serve --unit postgresql      metrics of it for Prometheus, over its restarts
  faultscope replay x.fscope                   the same screens for a recorded session
  faultscope report x.fscope                   its diagnosis as text
  faultscope diff before.fscope after.fscope   did the change help?`;

const FORMAT_HELP =
  'json, csv, folded, speedscope, pprof, perfetto, openmetrics, html; else the ending of the file says it (docs/export.md)';
const TABLE_HELP = 'which table of csv (threads, faults, stalls) or of folded (fault-time, faults, off-cpu)';

const DIFF_HELP = `
A condition is of the second recording's value, or holds it against the first's:
  fullStall>5%          more than 5 % of the time
  faultP99>2ms          ns, us, ms or s
  majorFaults>100/s     by the second; fullStalls>10/min, by the minute
  majorFaults>before*1.2, fullStall>before+2%, requests<before-50/s
It may be given more than once. What was not measured fails too. docs/diff.md has the metrics.`;

/** What follows the first `--`, which commander cannot tell from arguments. */
function splitCommand(argv: readonly string[]): { own: string[]; command: string[] } {
  const at = argv.indexOf('--', 2);
  return at === -1 ? { own: [...argv], command: [] } : { own: argv.slice(0, at), command: argv.slice(at + 1) };
}

function buildProgram(command: readonly string[], done: (exitCode: number) => void): Command {
  const program = new Command('faultscope')
    .description('Which threads of a process are stuck in major page faults, and where their time goes.')
    .version(toolVersion())
    .usage('[options] [-- CMD ARGS...]')
    .option('--pid <pid>', 'the process to observe', collect)
    .option('--name <name>', 'the process to observe, by its name or the file it runs', collect)
    .option('--in <pid>', "--pid and --name are meant as inside the container of this process, a PID of the host's")
    .option('--headless', 'no screen; implied where stdout or stdin is not a terminal')
    .option('--duration <time>', 'end after this time: 500ms, 10s, 2m, 1h')
    .option('--interval <time>', 'how often figures are read and drawn (default: 1s; serve: 5s)')
    .option('--capacity <n>', 'how many threads can run its code at once, whatever its runtime says')
    .option(
      '--budget <share>',
      "what looking on may cost: of one core, + of the target's CPU time (2%+1%); off: anything (see docs/overhead.md)",
    )
    .option('--export <file>', 'write the session there at the end, also several times; - is stdout', collect)
    .option('--format <name>', FORMAT_HELP)
    .option('--table <name>', TABLE_HELP)
    .option('--force', 'overwrite existing files')
    .option('--exact', 'time faults from their entry, also where that is not cheap (see docs/overhead.md)')
    .option(
      '--pagecache',
      'see who evicts the pages of its files, and who fills the page cache (see docs/pagecache.md)',
    )
    .option('--storage', 'see which devices its faults wait for, queue and service apart (see docs/storage.md)')
    .option('--stacks', 'see which code faults and which waits: flame graphs (see docs/stacks.md)')
    .option('--wakers', 'see who ends its waits, and locks held by threads in a fault (see docs/wakers.md)')
    .option('--requests', 'time its requests too: from the first receive to the next send (see docs/requests.md)')
    .option('--bpftrace <path>', 'the bpftrace to run (or FAULTSCOPE_BPFTRACE)')
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES}`)
    .allowExcessArguments(false)
    .action(async (options: LiveOptions) => {
      const { live } = await import('./commands/live.js');
      done(await live(options, command));
    });
  program
    .command('record')
    .description('record a session to a file, without a screen (see docs/recording.md); the options above count too')
    .usage('[options] [-- CMD ARGS...]')
    .option('-o, --output <file>', 'the recording; default: faultscope-PID-TIME.fscope in the current directory')
    .option('--max-size <size>', 'keep what came last in a file of this size: 64M, 1G')
    .option('--until-stall <time>', 'end soon after a full stall of this length; keeps what came last, 64M if not told')
    .action(async (_options: object, invoked: Command) => {
      const { record } = await import('./commands/record.js');
      done(await record(invoked.optsWithGlobals<RecordOptions>(), command));
    });
  program
    .command('serve')
    .description('observe processes as they come and go, and serve metrics to Prometheus (see docs/serve.md)')
    .usage('[options]')
    .option('--cgroup <path>', 'the processes of a cgroup: its path as in /proc/PID/cgroup, * for any name', collect)
    .option('--unit <unit>', 'the processes of a systemd unit', collect)
    .option('--listen <address>', 'where to serve /metrics and /healthz (default: 127.0.0.1:9435)')
    .option('--otlp <url>', 'push there too, by OpenTelemetry: http://127.0.0.1:4318/v1/metrics')
    .option('--config <file>', 'all of this from a file, read anew on SIGHUP')
    .action(async (_options: object, invoked: Command) => {
      const { serve } = await import('./commands/serve.js');
      done(await serve(invoked.optsWithGlobals<ServeOptions>(), command));
    });
  program
    .command('doctor')
    .description('what this host can and cannot do, and the command that mends it')
    .option('--bpftrace <path>', 'the bpftrace to run (or FAULTSCOPE_BPFTRACE)')
    .action(async (_options: object, invoked: Command) => {
      const { doctor } = await import('./commands/doctor.js');
      done(await doctor(invoked.optsWithGlobals()));
    });
  program
    .command('demo')
    .description('a workload that reads a cold mapping, and faultscope on it')
    .option('--duration <time>', 'end after this time')
    .action(async (_options: object, invoked: Command) => {
      const { demo } = await import('./commands/demo.js');
      done(await demo(invoked.optsWithGlobals()));
    });
  program
    .command('replay')
    .description('a recorded session on the screen: pause, step, seek, any speed (see docs/replay.md)')
    .argument('<recording>', 'the file that faultscope record has made')
    .option('--force', 'the key e may overwrite existing files')
    .action(async (recording: string, _options: object, invoked: Command) => {
      const { replay } = await import('./commands/replay.js');
      done(await replay(recording, invoked.optsWithGlobals()));
    });
  program
    .command('report')
    .description('what a recorded session means, as text or as a page')
    .argument('<recording>', 'the file that faultscope record has made')
    .option('--html', 'as a page: one file that needs nothing else; also where the file ends in .html')
    .option('-o, --output <file>', 'write it there; - is stdout', '-')
    .option('--force', 'overwrite an existing file')
    .action(async (recording: string, _options: object, invoked: Command) => {
      const { reportRecording } = await import('./commands/report.js');
      done(await reportRecording(recording, invoked.optsWithGlobals()));
    });
  program
    .command('export <recording>')
    .description('a recorded session in another format')
    .requiredOption('-o, --output <file>', 'where to write it; - is stdout')
    .option('--format <name>', FORMAT_HELP)
    .option('--table <name>', TABLE_HELP)
    .option('--force', 'overwrite existing files')
    .action(async (recording: string, _options: object, invoked: Command) => {
      const { exportRecording } = await import('./commands/export.js');
      done(await exportRecording(recording, invoked.optsWithGlobals<ExportCommandOptions>()));
    });
  program
    .command('diff')
    .description('two recordings held against each other: did the change help?')
    .argument('<before>', 'the first recording')
    .argument('<after>', 'the second recording')
    .option('--format <format>', 'text, json or html; else by the ending of the file')
    .option('-o, --output <file>', 'write it there; - is stdout', '-')
    .option('--force', 'overwrite existing files')
    .option('--fail-if <condition>', "exit with 5 where it holds, e.g. 'fullStall>5%'", collect)
    .addHelpText('after', DIFF_HELP)
    .action(async (before: string, after: string, _options: object, invoked: Command) => {
      const { diff } = await import('./commands/diff.js');
      done(await diff(before, after, invoked.optsWithGlobals()));
    });
  return program;
}

/** Of an option that may be given more than once. */
function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

async function main(): Promise<number> {
  const { own, command } = splitCommand(process.argv);
  let exitCode: number = ExitCode.done;
  const program = buildProgram(command, (code) => {
    exitCode = code;
  });
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({ outputError: () => {} });
  }
  try {
    await program.parseAsync(own);
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error);
    // Commander ends by throwing also after --help and --version: those are no errors.
    return error.exitCode === 0 ? ExitCode.done : report(usageError(error));
  }
}

function usageError(error: CommanderError): FaultscopeError {
  const message = error.message.replace(/^error: /, '');
  return new FaultscopeError({ exitCode: ExitCode.usage, message, hint: 'see faultscope --help' });
}

const exitCode = await main().catch(report);
// What was written to a pipe may still be on its way.
process.stdout.write('', () => process.exit(exitCode));
