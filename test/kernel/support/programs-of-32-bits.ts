import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXIT_CODE = 42;
/** exit(2) as a program of 32 bits asks for it. */
const SOURCE = `void _start(void) { __asm__("movl $1, %eax; movl $${EXIT_CODE}, %ebx; int $0x80"); }`;

/**
 * Whether this host runs them at all: a kernel without IA32 emulation does not, nor do some hypervisors. Found out by running one: where it
 * cannot be executed, a shell is tried in its place (execvp(3)), so only its own exit code tells.
 */
export function runsProgramsOf32Bits(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'faultscope-32-bits-'));
  try {
    const file = join(directory, 'exit');
    execFileSync('gcc', ['-m32', '-static', '-nostdlib', '-x', 'c', '-o', file, '-'], { input: SOURCE });
    return spawnSync(file, { stdio: 'ignore' }).status === EXIT_CODE;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
