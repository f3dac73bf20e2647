import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SOURCE = fileURLToPath(new URL('../../../src', import.meta.url));

/** All files of ours that are loaded with this one: its imports and theirs, types left out. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(LOADING)) {
    loadedWith(resolve(dirname(file), specifier.replace(/\.js$/, '.ts')), seen);
  }
  return seen;
}

/** `import`, also by `await import()`, of a module of ours. */
const LOADING = /(?:^import (?!type )[^;]*?from |import\()'(\.[^']+)'/gm;

test.each(['replay', 'report'])('%s loads nothing that needs Linux or root', (command) => {
  const loaded = [...loadedWith(`${SOURCE}/commands/${command}.ts`)].map((file) => relative(SOURCE, file));
  expect(loaded).toContain('recording/recording.ts');
  expect(loaded.filter((file) => /^(host|probe|session|doctor)\//.test(file))).toEqual([]);
});
