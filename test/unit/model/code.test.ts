import { expect, test } from 'vitest';
import { cellKind, EXCEPTION, UNKNOWN_SYSCALL, unpackCode } from '../../../src/model/code.js';
import { code, FAULT, FAULT_LATENCY, FAULT_NO_SLEEP } from './records.js';

test('the parts of a code come out as the script packs them', () => {
  expect(unpackCode(code(1, 202, { sub: 1 }))).toEqual({
    state: 'interruptible',
    endedInMajorFault: false,
    nr: 202,
    sub: 1,
  });
  expect(unpackCode(FAULT)).toEqual({ state: 'uninterruptible', endedInMajorFault: true, nr: EXCEPTION, sub: 0 });
  expect(unpackCode(code(3, UNKNOWN_SYSCALL)).state).toBe('stopped');
  expect(unpackCode(0).state).toBe('preempted');
});

test('the birth bit of a switch-out is no part of the wait', () => {
  expect(unpackCode(code(1, 7) | 8)).toEqual(unpackCode(code(1, 7)));
});

test('waits, latencies, sleepless faults and stolen time are told apart', () => {
  expect(cellKind(code(1, 202))).toBe('wait');
  expect(cellKind(FAULT)).toBe('wait');
  expect(cellKind(FAULT_LATENCY)).toBe('fault-latency');
  expect(cellKind(FAULT_NO_SLEEP)).toBe('fault-no-sleep');
  expect(cellKind(code(0, 202))).toBe('stolen');
  expect(cellKind(code(0, EXCEPTION))).toBe('stolen');
});
