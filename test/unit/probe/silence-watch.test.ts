import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SilenceWatch } from '../../../src/probe/silence-watch.js';

describe('a bpftrace that lives', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('and tells something now and then is left alone', () => {
    const silent = vi.fn();
    const watch = new SilenceWatch(1000, silent);
    for (let second = 0; second < 300; second += 1) {
      vi.advanceTimersByTime(1000);
      watch.heard();
    }
    watch.end();
    expect(silent).not.toHaveBeenCalled();
  });

  test('and tells nothing any more is noticed after half a minute, once', () => {
    const silent = vi.fn();
    new SilenceWatch(1000, silent).heard();
    vi.advanceTimersByTime(39_000);
    expect(silent).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(silent.mock.calls).toEqual([[30_000]]);
  });

  test('is given longer where it is to tell something rarely', () => {
    const silent = vi.fn();
    const watch = new SilenceWatch(60_000, silent);
    vi.advanceTimersByTime(90_000);
    expect(silent).not.toHaveBeenCalled();
    vi.advanceTimersByTime(30_000);
    expect(silent).toHaveBeenCalledWith(90_000);
    watch.end();
  });
});
