import { expect, test } from 'vitest';
import { loadScript } from '../../../src/probe/script.js';
import { requestsVariants } from '../../../src/probe/variants.js';

const scripts = (ports: readonly number[]) =>
  requestsVariants(ports).map(({ patches }) => loadScript('requests', patches));

test('the ports that are listened on are in the script, whichever variant', () => {
  for (const script of scripts([80, 65_535])) {
    expect(script).toContain('@port[(uint64)80] = (uint64)1;\n  @port[(uint64)65535] = (uint64)1;\n');
    expect(script).not.toContain('$5');
  }
});

test('where nobody listens yet, the script starts with none', () => {
  for (const script of scripts([])) expect(script).toContain('//[listening\n//]\n');
});

test('a kernel without a type for unix sockets is asked for TCP alone, second', () => {
  const [both, tcp] = scripts([80]);
  expect(both).toContain('struct unix_sock');
  expect(tcp).not.toContain('struct unix_sock');
});
