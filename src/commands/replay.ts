import { ExitCode, FaultscopeError } from '../errors.js';
import { openFile } from '../recording/opened-file.js';
import { type Recording, readRecording } from '../recording/recording.js';
import { Player } from '../replay/player.js';
import { RecordingNotes } from '../replay/recording-notes.js';
import { Exits } from './exits.js';
import { Pace } from './pace.js';
import { Screen } from './screen.js';
import { stepDown } from './step-down.js';
import { warnOfRecording } from './warn-of-recording.js';

/** The options of `faultscope replay`, as given. */
export interface ReplayOptions {
  readonly force?: boolean;
}

/** `faultscope replay RECORDING`: a recorded session on the screen. Returns the exit code. */
export async function replay(path: string, options: ReplayOptions): Promise<number> {
  if (process.stdout.isTTY !== true || process.stdin.isTTY !== true) {
    throw new FaultscopeError({
      exitCode: ExitCode.usage,
      message: 'a replay needs a terminal',
      hint: 'faultscope report prints the diagnosis without one',
    });
  }
  const exits = new Exits({ outputLost: 'interrupt' });
  const file = openFile(path);
  stepDown();
  const recording = readRecording(file);
  const notes = new RecordingNotes(() => recording.warnings);
  try {
    return await show(recording, notes, options.force === true, exits);
  } finally {
    recording.close();
    warnOfRecording(path, notes.known);
  }
}

/** Until the user, or a signal, ends it. */
async function show(recording: Recording, notes: RecordingNotes, force: boolean, exits: Exits): Promise<number> {
  const { session, endNs } = recording;
  const toldWholeNs = endNs === null || endNs < session.atNs ? null : Number(endNs - session.atNs);
  const player = new Player(session, () => recording.batches(), toldWholeNs);
  const snapshot = () => notes.noted(player.snapshot());
  const controls = {
    get status() {
      return player.status;
    },
    command: (command: Parameters<Player['command']>[0]) => {
      const answer = player.command(command);
      pace.wake();
      return answer;
    },
  };
  const screen = await Screen.open(snapshot, force, { replay: controls });
  const pace = new Pace(player, () => screen.update());
  exits.onExit(() => screen.close());
  exits.watchInput();
  pace.wake();
  try {
    const interruption = await Promise.race([screen.quit, exits.interrupted]);
    return interruption?.exitCode ?? ExitCode.done;
  } finally {
    pace.stop();
    screen.close();
  }
}
