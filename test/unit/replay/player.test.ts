import { describe, expect, it } from 'vitest';
import type { ReplayCommand } from '../../../src/replay/player.js';
import { figuresAfter, film, Projector } from './film.js';

const MINUTES = film(300, [40, 41, 200]);
/** From the session record to the end. */
const WHOLE_NS = 300.5e9;

/** Opened, read to the end. */
function opened(batches = MINUTES): Projector {
  return new Projector(batches, WHOLE_NS).settle();
}

describe('opening a recording', () => {
  it('has the first moment to show before anything else is read', () => {
    const { player } = new Projector(MINUTES, WHOLE_NS);
    expect(player.snapshot()).toEqual(figuresAfter(MINUTES, 1));
    expect(player.status).toMatchObject({ positionNs: 1e9, lengthNs: 300e9, doing: 'seeking', progress: 0 });
  });

  it('reads on to the end, slice by slice, and stays there with the figures of the whole session', () => {
    const projector = new Projector(MINUTES, WHOLE_NS).slices(150);
    expect(projector.player.status.progress).toBeCloseTo(0.5, 2);
    projector.settle();
    expect(projector.player.status).toMatchObject({ positionNs: 300e9, doing: 'paused', progress: null, speed: 1 });
    expect(projector.player.snapshot()).toEqual(figuresAfter(MINUTES, 300));
    expect(projector.pass(60_000).seconds).toBe(300);
  });

  it('says nothing of the length before it is known, and knows it in the end', () => {
    const projector = new Projector(MINUTES).slices(10);
    expect(projector.player.status).toMatchObject({ lengthNs: null, progress: null });
    expect(projector.settle().player.status.lengthNs).toBe(300e9);
  });

  it('shows a recording of one moment, and one of none', () => {
    expect(opened(film(1)).player.status).toMatchObject({ positionNs: 1e9, lengthNs: 1e9, doing: 'paused' });
    const nothing = opened([]);
    nothing.press('step-back', 'step-forward', 'to-start', 'play', 'seek-far-back');
    expect(nothing.player.status).toMatchObject({ positionNs: 0, lengthNs: 0, doing: 'paused' });
  });

  it('stops where it is when paused, and can go on', () => {
    const projector = new Projector(MINUTES, WHOLE_NS).slices(20);
    projector.press('play');
    expect(projector.player.status).toMatchObject({ positionNs: 21e9, doing: 'paused' });
    expect(projector.player.snapshot()).toEqual(figuresAfter(MINUTES, 21));
    projector.press('to-end');
    expect(projector.player.snapshot()).toEqual(figuresAfter(MINUTES, 300));
  });

  it('renews the figures once a second on a long way', () => {
    const projector = new Projector(MINUTES, WHOLE_NS);
    const first = projector.player.snapshot();
    expect(projector.slices(50).player.snapshot()).toBe(first);
    projector.turn(1000).slices(1);
    expect(projector.player.snapshot()).toEqual(figuresAfter(MINUTES, 52));
  });
});

describe('the figures of a moment', () => {
  it.each([1, 2, 19])('are the same after %i steps back as when applied from the start', (steps) => {
    const short = film(20, [7]);
    const projector = opened(short);
    projector.press(...Array.from({ length: steps }, () => 'step-back' as const));
    expect(projector.player.snapshot()).toEqual(figuresAfter(short, 20 - steps));
  });

  it('are the same whichever way led there', () => {
    const projector = opened();
    projector.press(
      'to-start',
      'seek-far-forward',
      'seek-back',
      'step-forward',
      'step-back',
      'next-stall',
      'step-back',
    );
    projector.press('seek-forward');
    expect(projector.player.snapshot()).toEqual(figuresAfter(MINUTES, projector.seconds));
  });

  it('are those of whole moments, also where these come in several batches', () => {
    const parts = film(20, [7]).flatMap((records) => [records.slice(0, 2), records.slice(2, 3), records.slice(3)]);
    const projector = new Projector(parts, WHOLE_NS).slices(20);
    projector.press('play');
    expect(projector.player.status.positionNs).toBe(7e9);
    expect(projector.player.snapshot()).toEqual(figuresAfter(film(20, [7]), 7));
    projector.press('step-forward', 'to-start', 'next-stall', 'step-back');
    expect(projector.player.snapshot()).toEqual(figuresAfter(film(20, [7]), 6));
    projector.press('play');
    projector.pass(1000).press('to-end');
    expect(projector.player.snapshot()).toEqual(figuresAfter(film(20, [7]), 20));
  });

  it('are one object as long as nothing changes', () => {
    const projector = opened();
    expect(projector.player.snapshot()).toBe(projector.pass(5000).player.snapshot());
  });
});

describe('seeking', () => {
  it('goes by ten seconds, by a minute, and to either end', () => {
    const projector = opened();
    const secondsAfter = (...commands: ReplayCommand[]) => {
      projector.press(...commands);
      return projector.seconds;
    };
    expect(secondsAfter('seek-back')).toBe(290);
    expect(secondsAfter('seek-far-back')).toBe(230);
    expect(secondsAfter('seek-forward')).toBe(240);
    expect(secondsAfter('to-start')).toBe(1);
    expect(secondsAfter('seek-back')).toBe(1);
    expect(secondsAfter('seek-far-forward')).toBe(61);
    expect(secondsAfter('to-end')).toBe(300);
    expect(secondsAfter('seek-far-forward', 'step-forward')).toBe(300);
  });

  it('adds up keys that are pressed before it has arrived, and begins anew only once', () => {
    const projector = opened();
    projector.player.command('seek-far-back');
    projector.slices(3);
    expect(projector.player.status.doing).toBe('seeking');
    projector.player.command('seek-far-back');
    projector.player.command('seek-back');
    projector.press('step-back');
    expect(projector.seconds).toBe(169);
    expect(projector.reels).toBe(2);
  });

  it('takes a key pressed while the end is still being read from the end', () => {
    const projector = new Projector(MINUTES, WHOLE_NS).slices(5);
    projector.press('seek-back');
    expect(projector.seconds).toBe(290);
    expect(projector.reels).toBe(1);
  });

  it('goes by a moment where moments last longer than what was asked for', () => {
    const sparse = film(300).filter((_, index) => index % 60 === 0);
    const projector = opened(sparse);
    projector.press('seek-back');
    expect(projector.seconds).toBe(181);
    projector.press('to-start', 'seek-forward');
    expect(projector.seconds).toBe(61);
  });

  it('leads from one moment with full stalls to the next, and says where there is none', () => {
    const projector = opened();
    const seconds = (command: 'next-stall' | 'previous-stall') => {
      expect(projector.press(command)).toBeNull();
      return projector.seconds;
    };
    expect(projector.press('next-stall')).toBe('no later full stall of 1ms or more');
    expect([seconds('previous-stall'), seconds('previous-stall'), seconds('previous-stall')]).toEqual([200, 41, 40]);
    expect(projector.press('previous-stall')).toBe('no earlier full stall of 1ms or more');
    expect(projector.seconds).toBe(40);
    expect([seconds('next-stall'), seconds('next-stall')]).toEqual([41, 200]);
  });

  it('searches for the next full stall in what has not been read yet', () => {
    const projector = new Projector(MINUTES, WHOLE_NS).slices(5);
    projector.player.command('play');
    projector.press('next-stall');
    expect(projector.seconds).toBe(40);
    projector.press('next-stall', 'next-stall');
    expect(projector.seconds).toBe(200);
    projector.press('next-stall');
    expect(projector.seconds).toBe(300);
  });

  it('goes on playing where it was playing', () => {
    const projector = opened();
    projector.press('to-start', 'play');
    projector.pass(2000).press('seek-far-forward');
    expect(projector.pass(3000).seconds).toBe(66);
    projector.press('step-back');
    expect(projector.pass(3000).seconds).toBe(65);
  });
});

describe('playing', () => {
  it('takes as long as it took, and pauses at the end', () => {
    const projector = opened();
    projector.press('to-start', 'play');
    expect(projector.pass(999).seconds).toBe(1);
    expect(projector.pass(1).seconds).toBe(2);
    expect(projector.pass(10_500).seconds).toBe(12);
    projector.press('play');
    expect(projector.pass(10_000).seconds).toBe(12);
    projector.press('play');
    expect(projector.pass(1_000_000).player.status).toMatchObject({ positionNs: 300e9, doing: 'paused' });
  });

  it('begins at the start where it is asked for at the end', () => {
    const projector = opened();
    projector.press('play');
    expect(projector.pass(4000).seconds).toBe(5);
  });

  it.each([
    { keys: ['slower'], speed: 0.5, seconds: 4 },
    { keys: ['slower', 'slower', 'slower'], speed: 0.25, seconds: 2 },
    { keys: ['faster', 'faster'], speed: 4, seconds: 25 },
    { keys: Array(6).fill('faster'), speed: 64, seconds: 300 },
    { keys: Array(20).fill('faster'), speed: Number.POSITIVE_INFINITY, seconds: 300 },
  ] as const)('has at speed $speed come to second $seconds after six', ({ keys, speed, seconds }) => {
    const projector = opened();
    projector.press('to-start', ...keys, 'play');
    expect(projector.player.status.speed).toBe(speed);
    expect(projector.pass(6000).seconds).toBe(seconds);
  });

  it('goes on from where it is when the speed is changed', () => {
    const projector = opened();
    projector.press('to-start', 'play');
    projector.pass(10_000).press('faster');
    expect(projector.pass(10_000).seconds).toBe(31);
  });

  it('says when it is to be called again, and never hurries on where it cannot keep up', () => {
    const projector = opened();
    projector.press('to-start', 'play');
    expect(projector.player.work(projector.turn(250).nowMs, () => true)).toBe(750);
    projector.turn(100_000).slices(3);
    expect(projector.seconds).toBe(2);
    expect(projector.pass(1000).seconds).toBe(3);
  });
});
