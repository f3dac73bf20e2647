import { describe, expect, it } from 'vitest';
import { TIME_PARTS } from '../../../src/model/cause.js';
import { PART_ORDER, PART_WORDS } from '../../../src/model/part-words.js';
import { wrap } from '../../../src/text/wrap.js';
import { nowText } from '../../../src/tui/words.js';

describe('the words for what threads do', () => {
  it('has one for every part of their time, each with its own letter', () => {
    expect([...PART_ORDER].sort()).toEqual([...TIME_PARTS].sort());
    const letters = PART_ORDER.map((part) => PART_WORDS[part].letter);
    expect(new Set(letters).size).toBe(letters.length);
    expect(PART_ORDER.every((part) => PART_WORDS[part].name.length <= 11)).toBe(true);
  });

  it.each([
    [{ doing: 'running' }, 10, 'running'],
    [{ doing: 'run-queue' }, 10, 'run queue'],
    [{ doing: 'ended' }, 10, 'ended'],
    [{ doing: 'unknown' }, 10, '-'],
    [{ doing: 'waiting', cause: 'fault', syscall: null, runtimeWord: null, forNs: 80_000 }, 10, 'fault'],
    [{ doing: 'waiting', cause: 'fault', syscall: null, runtimeWord: null, forNs: 12e9 }, 10, 'fault 12s'],
    [{ doing: 'waiting', cause: 'fault', syscall: null, runtimeWord: null, forNs: null }, 10, 'fault'],
    [{ doing: 'waiting', cause: 'disk', syscall: 'fsync', runtimeWord: null, forNs: 400e9 }, 10, 'disk 6m'],
    [{ doing: 'waiting', cause: 'disk', syscall: 'fsync', runtimeWord: null, forNs: 400e9 }, 20, 'disk fsync 6m'],
    [{ doing: 'waiting', cause: 'parked', syscall: 'futex', runtimeWord: 'idle M', forNs: 12e9 }, 10, 'idle M 12s'],
    [
      { doing: 'waiting', cause: 'poll', syscall: 'epoll_pwait', runtimeWord: 'netpoll', forNs: 12e9 },
      26,
      'netpoll epoll_pwait 12s',
    ],
    [{ doing: 'waiting', cause: 'parked', syscall: 'futex', runtimeWord: null, forNs: 5 * 3600e9 }, 10, 'parked 5h'],
  ] as const)('%j in %i columns is %j', (now, width, expected) => {
    expect(nowText(now, width)).toBe(expected);
  });
});

it('breaks notes between words', () => {
  expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrap('unbreakable', 4)).toEqual(['unbreakable']);
});
