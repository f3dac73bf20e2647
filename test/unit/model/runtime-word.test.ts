import { expect, test } from 'vitest';
import { runtimeWord } from '../../../src/model/runtime-word.js';

test.each([
  ['epoll_pwait', 'poll', null, 'netpoll'],
  ['epoll_wait', 'poll', null, 'netpoll'],
  ['ppoll', 'poll', null, null],
  ['futex', 'parked', null, 'idle M'],
  ['futex', 'lock', null, null],
  ['nanosleep', 'sleep', null, null],
  ['nanosleep', 'sleep', 'sysmon', 'sysmon'],
  ['futex', 'parked', 'sysmon', 'sysmon'],
  [null, 'fault', 'sysmon', null],
  [null, 'fault', null, null],
] as const)('under Go, %s as %s of a thread with role %s is called %s', (syscall, cause, role, word) => {
  expect(runtimeWord('go', role, { cause, syscall })).toBe(word);
});

test.each([null, 'node', 'native'] as const)('under %s nothing has a name of the runtime', (runtime) => {
  expect(runtimeWord(runtime, null, { cause: 'parked', syscall: 'futex' })).toBeNull();
  expect(runtimeWord(runtime, 'sysmon', { cause: 'sleep', syscall: 'nanosleep' })).toBeNull();
});
