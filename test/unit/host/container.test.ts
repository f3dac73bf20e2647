import { afterEach, beforeEach, expect, test } from 'vitest';
import { FaultscopeError } from '../../../src/errors.js';
import { processesOfContainer, resolvePidInContainer } from '../../../src/host/container.js';
import type { Observer } from '../../../src/host/observer.js';
import { FakeProc } from './fake-proc.js';

const OURS = 4026531836;
const [SHOP, INNER, OTHER] = [4026532001, 4026532002, 4026532003];

let proc: FakeProc;
let root: Observer;
beforeEach(() => {
  proc = new FakeProc();
  root = { procRoot: proc.root, pid: 500, euid: 0 };
  proc.pidNamespace(OURS);
  proc.inNamespace(OURS, [100], 1);
  proc.inNamespace(SHOP, [201, 1], 100);
  proc.inNamespace(SHOP, [207, 7], 201);
  // A container in the container.
  proc.inNamespace(INNER, [301, 20, 1], 207);
  proc.inNamespace(INNER, [302, 21, 7], 301);
  proc.inNamespace(OTHER, [401, 1], 100);
  proc.inNamespace(OTHER, [407, 7], 401);
});
afterEach(() => proc.remove());

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof FaultscopeError) return `${error.exitCode} ${error.line}`;
    throw error;
  }
  throw new Error('it was not refused');
}

test('a PID inside means the process of that container, whatever other containers have', () => {
  expect(resolvePidInContainer(7, 201, root)).toMatchObject({ pid: 207, pidInNamespace: 7 });
  expect(resolvePidInContainer(7, 401, root)).toMatchObject({ pid: 407, pidInNamespace: 7 });
});

test('any process of the container names it', () => {
  expect(resolvePidInContainer(1, 207, root).pid).toBe(201);
});

test('processes of a container within are seen from outside by their number there, and by their own from inside', () => {
  expect(resolvePidInContainer(21, 201, root)).toMatchObject({ pid: 302, pidInNamespace: 7 });
  expect(resolvePidInContainer(7, 301, root)).toMatchObject({ pid: 302, pidInNamespace: 7 });
  expect([...processesOfContainer(201, root)]).toEqual([
    [201, 1],
    [207, 7],
    [301, 20],
    [302, 21],
  ]);
});

test('a PID that nobody has there is refused with exit 4, and what there is is listed', () => {
  expect(refusal(() => resolvePidInContainer(9, 401, root))).toBe(
    '4 no process 9 in the PID namespace of process 401 (app-401-1): its processes there: 1 (app-401-1); 7 (app-407-7)',
  );
});

test('a process in no container names none: exit 2', () => {
  expect(refusal(() => resolvePidInContainer(7, 100, root))).toMatch(/^2 process 100 \(app-100\) is in the host's own/);
});

test('a process that there is not names none: exit 4', () => {
  expect(refusal(() => resolvePidInContainer(7, 999, root))).toMatch(/^4 no process 999, which --in names/);
});

test('to look inside takes root: exit 3', () => {
  expect(refusal(() => resolvePidInContainer(7, 201, { ...root, euid: 1000 }))).toMatch(/^3 .*needs root.*sudo/);
});
