import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../support/repository.js';
import { serverProgram } from './metrics-server.js';

const promtool = (...argv: string[]) =>
  execFileSync(serverProgram('promtool'), argv, { cwd: join(REPOSITORY, 'packaging/prometheus'), encoding: 'utf8' });

test('Prometheus takes the alerts, and each fires when it should and not before', () => {
  expect(promtool('check', 'rules', 'faultscope.rules.yml')).toContain('SUCCESS');
  expect(promtool('test', 'rules', 'faultscope.rules.test.yml')).toContain('SUCCESS');
});

test.each(['scrape.yml', 'scrape-tls.yml'])('Prometheus takes %s', (file) => {
  // The secrets that it names are not here.
  expect(promtool('check', 'config', '--syntax-only', file)).toContain('SUCCESS');
});
