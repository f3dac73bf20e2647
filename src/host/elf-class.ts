import { FileView } from './elf/file-view.js';
import { elfBits } from './elf/header.js';

/** True where the file is a 32-bit program; false for any other, and where it cannot be read. */
export function isElf32(path: string): boolean {
  const view = FileView.open(path);
  const bits = view === null ? null : elfBits(view);
  view?.close();
  return bits === 32;
}
