// What of others is in a package, by which licence, with the texts of the licences, on stdout.
//
//   node scripts/lib/third-party.mjs MODULES [NODE_LICENSE]
//
// MODULES is a folder with a lock file and its production node_modules. With NODE_LICENSE, a file, Node.js is among them,
// and so is the C library that the two static programs are linked with.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedPackages } from './installed-packages.mjs';

const GLIBC = `GNU C Library: LGPL-2.1-or-later
  bin/faultscope and build/workloads/coldmmap are linked with it statically. Their source is in the folder source, to be
  linked with another one: gcc -static launcher.c; make coldmmap. The text of the licence is in
  /usr/share/common-licenses/LGPL-2.1 on Debian; the source of the library is Debian's package glibc.`;

const [modules, nodeLicense] = process.argv.slice(2);
console.log('What of others is in this package. The texts of the licences follow the list.\n');
const packages = installedPackages(modules);
for (const one of packages) console.log(`${one.name} ${one.version}: ${licenceOf(one)}`);
if (nodeLicense !== undefined) console.log(`Node.js: MIT, and others for what it brings along\n${GLIBC}`);
for (const one of packages) for (const text of textsOf(one)) section(`${one.name} ${one.version}`, text);
if (nodeLicense !== undefined) section('Node.js', readFileSync(nodeLicense, 'utf8'));

/** Older packages have a list of objects. */
function licenceOf({ license, licenses }) {
  const named = [license ?? licenses ?? []].flat().map((one) => (typeof one === 'string' ? one : one.type));
  return named.length === 0 ? 'not said in its package.json' : named.join(' or ');
}

function textsOf({ folder }) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return names.sort().map((name) => readFileSync(join(folder, name), 'utf8'));
}

function section(title, text) {
  console.log(`\n${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${text.replaceAll('\r\n', '\n').trim()}`);
}
