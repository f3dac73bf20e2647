/**
 * Loaded before a program (`node --import`): its wall clock goes by so many milliseconds from the real one as the file
 * $CLOCK_AHEAD_FILE says at the time. Nothing but Date tells JavaScript of the wall clock.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
const now = () => RealDate.now() + Number(readFileSync(process.env.CLOCK_AHEAD_FILE, 'utf8'));

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }

  static now() {
    return now();
  }
};
