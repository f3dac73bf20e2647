import type { Check } from './check.js';
import type { Diagnosis } from './doctor.js';

/** The report as lines of text: a check a line, what mends it beneath, and a conclusion. */
export function renderDoctor({ checks, canRun }: Diagnosis): readonly string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return [...checks.flatMap((check) => renderCheck(check, width)), '', conclusion(checks, canRun)];
}

const STATUS_WIDTH = 'missing'.length;

function renderCheck({ name, status, detail, mend }: Check, width: number): readonly string[] {
  const line = `${status.padEnd(STATUS_WIDTH)}  ${name.padEnd(width)}  ${detail}`;
  return mend === undefined ? [line] : [line, `${' '.repeat(STATUS_WIDTH + width + 4)}mend: ${mend}`];
}

function conclusion(checks: readonly Check[], canRun: boolean): string {
  if (!canRun) return 'This host cannot run faultscope yet: mend what is missing, from the top.';
  const warnings = checks.filter(({ status }) => status === 'warn').length;
  if (warnings === 0) return 'This host can run faultscope.';
  return `This host can run faultscope, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`;
}
