import { safeText } from '../text/safe.js';

/** Says on stderr how far a recording can be trusted, a line each. */
export function warnOfRecording(path: string, warnings: readonly string[]): void {
  for (const warning of warnings) {
    process.stderr.write(`faultscope: warning: ${safeText(path)}: ${safeText(warning)}\n`);
  }
}
