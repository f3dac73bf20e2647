import { fstatSync } from 'node:fs';
import { ByteWindow } from './byte-window.js';
import { type FrameSource, numberAt } from './frame-reader.js';
import { frameStarts } from './frames.js';

/** Where the frames of a file are, oldest first: in one piece, or in the slots of a ring. */
export function extentsOf(fd: number, header: Buffer): Pick<FrameSource, 'extents' | 'isRing'> {
  const { starts, slotBytes } = frameStarts(header);
  if (slotBytes === 0) {
    return { extents: starts.map((start) => ({ start, end: Number.POSITIVE_INFINITY })), isRing: false };
  }
  const { size } = fstatSync(fd);
  const window = new ByteWindow(fd);
  const extents = starts
    .filter((start) => start < size)
    .flatMap((start) => {
      const number = numberAt(window, start);
      // One that was being written anew when the recorder was killed has nothing.
      return number === null ? [] : [{ start, end: start + slotBytes, number }];
    });
  return { extents: extents.sort((a, b) => a.number - b.number), isRing: true };
}
