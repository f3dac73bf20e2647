import { describe, expect, it } from 'vitest';
import type { ReplayCommand, ReplayStatus } from '../../../src/replay/player.js';
import { KEYS } from './screen-terminal.js';
import { type Facts, show } from './show.js';
import { servingSnapshot, snapshot } from './snapshot-builder.js';

const STATUS: ReplayStatus = {
  positionNs: 42e9,
  lengthNs: 600e9,
  speed: 1,
  doing: 'paused',
  progress: null,
  stallShares: (cells) => Array.from({ length: cells }, (_, cell) => (cell % 10 === 9 ? (cell % 40) / 40 : 0)),
};

/** A screen of a replay, and what its keys asked for. */
function replayed(status: Partial<ReplayStatus> = {}, facts: Facts = {}, answer: string | null = null) {
  const commands: ReplayCommand[] = [];
  const command = (asked: ReplayCommand) => {
    commands.push(asked);
    return answer;
  };
  const replay = { status: { ...STATUS, ...status }, command };
  return { ...show(servingSnapshot(), { ...facts, replay }), commands };
}

describe('the screen of a replay', () => {
  it.each([
    [60, 16],
    [80, 24],
    [200, 60],
  ])('shows where it is in the recording, and full stalls on the way, at %ix%i', async (columns, rows) => {
    const { terminal } = replayed({}, { columns, rows });
    const text = await terminal.shows('paused');
    expect(text).toContain('00:42 of 10:00   1x');
    await expect(text).toMatchFileSnapshot(`expected/replay-${columns}x${rows}.txt`);
  });

  it.each([
    [{ doing: 'playing', speed: 0.25 }, 'playing      00:42 of 10:00 1/4x'],
    [{ doing: 'playing', speed: Number.POSITIVE_INFINITY }, 'playing      00:42 of 10:00  max'],
    [{ doing: 'seeking', progress: 0.42 }, 'seeking 42%  00:42 of 10:00   1x'],
    [{ doing: 'seeking', lengthNs: null, speed: 64 }, 'seeking      00:42 of -  64x'],
    [{ positionNs: 3_601e9, lengthNs: 7_200e9 }, 'paused       1:00:01 of 2:00:00   1x'],
  ] as const)('says what it does: %o', async (status, expected) => {
    await replayed(status).terminal.shows(expected);
  });

  it('leaves blank what has not been read yet', async () => {
    const stallShares = (cells: number) => Array.from({ length: cells }, (_, cell) => (cell < 10 ? 0 : null));
    const { terminal } = replayed({ stallShares });
    const text = await terminal.shows('paused');
    expect(text).toMatch(/1x ───┃─{6}\n/);
  });

  it('marks full stalls without Unicode and colours, too', async () => {
    const { terminal } = replayed({ positionNs: 0 }, { env: { TERM: 'xterm', LANG: 'C', NO_COLOR: '1' } });
    expect(await terminal.shows('paused')).toMatch(/1x \|-{8}\.-{9}:-{9}\+-{9}#/);
  });

  it('stays on every page, one row above the keys', async () => {
    const { terminal } = replayed();
    await terminal.shows('paused');
    for (const key of ['s', 'd', 'f', 'o', 'm', 'c', 't', 'b', 'w', 'l', '?', KEYS.escape, KEYS.enter]) {
      await terminal.type(key);
      await terminal.settled();
      expect(terminal.lines.at(-2)).toContain('paused       00:42 of 10:00');
    }
  });

  it('has keys for the replay in the help, and none that start something', async () => {
    const { terminal } = replayed({}, { columns: 200, rows: 60 });
    await terminal.type('?');
    const text = await terminal.shows('where thread time goes');
    await expect(text).toMatchFileSnapshot('expected/help-replay-200x60.txt');
    expect(text).not.toMatch(/on or off|tracing goes on/);
  });

  it('says that a probe set did not run, and not how to start it', async () => {
    const { terminal } = replayed();
    await terminal.type('t');
    expect(await terminal.shows('the probe set stacks did not run')).not.toContain('starts');
  });
});

describe('the keys of a replay', () => {
  it('ask for what the help says', async () => {
    const { terminal, commands } = replayed();
    await terminal.type(' ', 'p', '.', ',', ']', '[', '}', '{', '0', '$', 'n', 'N', '+', '=', '-');
    await terminal.type('\x1b[1;2C', '\x1b[1;2D', '\x1b[1;5C', '\x1b[1;5D');
    await terminal.settled();
    expect(commands.join(' ')).toBe(
      [
        'play play step-forward step-back seek-forward seek-back seek-far-forward seek-far-back to-start to-end',
        'next-stall previous-stall faster faster slower seek-forward seek-back seek-far-forward seek-far-back',
      ].join(' '),
    );
  });

  it('show the answer', async () => {
    const { terminal } = replayed({}, {}, 'no later full stall of 1ms or more');
    await terminal.type('n');
    await terminal.shows(/^ no later full stall of 1ms or more$/m);
  });

  it('leave alone what only a live session has', async () => {
    const { terminal, commands } = replayed();
    const before = await terminal.shows('paused');
    await terminal.type('x', 'C', 'T', 'B', 'W');
    expect(await terminal.settled()).toBe(before);
    expect(commands).toEqual([]);
  });

  it('are text while a filter is typed', async () => {
    const { terminal, commands } = replayed();
    await terminal.type('/', 'n', '0');
    await terminal.shows('filter: n0');
    expect(commands).toEqual([]);
  });

  it('show the new moment as soon as the source has it', async () => {
    const { terminal, update } = replayed();
    await terminal.shows('paused');
    update(snapshot({ window: { startedAtMs: 0, startNs: 0n, durationNs: 99e9 } }));
    await terminal.shows('01:39');
  });
});
