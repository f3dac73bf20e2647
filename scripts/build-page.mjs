#!/usr/bin/env node
/**
 * Makes of src/export/html/page the script and the style that every HTML report carries: dist/page/report.js and
 * report.css. Part of `npm run build`; the unit tests run it too. Names are changed at once, so that two runs at a time
 * do no harm.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const page = (name) => fileURLToPath(new URL(`../src/export/html/page/${name}`, import.meta.url));
const built = fileURLToPath(new URL('../dist/page/', import.meta.url));

const bundle = await rolldown({ input: page('main.ts'), tsconfig: page('tsconfig.json'), platform: 'browser' });
const { output } = await bundle.generate({ format: 'iife', minify: true });
await bundle.close();
const code = output.map((chunk) => chunk.code ?? '').join('');
const style = readFileSync(page('report.css'), 'utf8');
// Either would end the element that it stands in.
if (/<\/script|<!--/i.test(code) || /<\/style/i.test(style))
  throw new Error('the page cannot carry this script or style');

mkdirSync(built, { recursive: true });
write('report.js', code);
write('report.css', style);

function write(name, text) {
  const temporary = `${built}${name}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, built + name);
}
