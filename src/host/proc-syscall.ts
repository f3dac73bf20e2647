import type { WaitingIn } from '../record/record.js';

const LINE = /^(-?\d+)(?: 0x([0-9a-f]+)){2}/;

/**
 * Parses /proc/PID/task/TID/syscall (fs/proc/base.c proc_pid_syscall()): "running", or "-1 SP PC" for a thread that is
 * blocked outside a system call, or "NUMBER ARG0 .. ARG5 SP PC". Null for a running thread and for anything else.
 */
export function parseSyscall(text: string): WaitingIn | null {
  const [, number, arg1] = LINE.exec(text) ?? [];
  if (number === undefined || arg1 === undefined) return null;
  const syscall = Number(number);
  // Outside a system call the second hexadecimal is the program counter, not an argument.
  return { syscall, arg1: syscall < 0 ? 0n : BigInt(`0x${arg1}`) };
}
