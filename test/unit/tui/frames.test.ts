import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FrameTimer } from '../../../src/tui/frames.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('draws at most ten frames a second, the first at once and the last in any case', () => {
  const frames: number[] = [];
  const timer = new FrameTimer(() => frames.push(performance.now()));
  const begin = performance.now();
  for (let ms = 0; ms < 1000; ms += 1) {
    timer.request();
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(500);
  expect(frames.length).toBeGreaterThanOrEqual(10);
  expect(frames.length).toBeLessThanOrEqual(11);
  expect((frames[0] ?? 0) - begin).toBeLessThanOrEqual(1);
});

it('draws nothing once it is stopped, not even what was asked for before', () => {
  let frames = 0;
  const timer = new FrameTimer(() => {
    frames += 1;
  });
  timer.request();
  timer.stop();
  timer.request();
  vi.advanceTimersByTime(1000);
  expect(frames).toBe(0);
});
