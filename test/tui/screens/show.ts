import { afterEach } from 'vitest';
import type { Snapshot } from '../../../src/model/snapshot.js';
import { openScreen } from './screen-terminal.js';
import { snapshot } from './snapshot-builder.js';

export type Facts = Parameters<typeof openScreen>[1];
const open = new Set<ReturnType<typeof openScreen>>();

/** A screen on a terminal of its own, closed after the test. */
export function show(first: Snapshot = snapshot(), facts: Facts = {}): ReturnType<typeof openScreen> {
  const screen = openScreen(first, facts);
  open.add(screen);
  return screen;
}

afterEach(() => {
  for (const { view } of open) view.destroy();
  open.clear();
});
