// Deletes the installed packages that faultscope never loads.
//
//   node scripts/lib/prune-dependencies.mjs MODULES
//
// MODULES is a folder with package.json, a lock file and production node_modules. Of blessed-contrib only one widget is
// loaded (src/tui/widgets.ts): what its thirty others need, a Markdown parser and an XML parser among it, goes, and so does its
// claim to need it, because npm would fetch it again.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { installedPackages } from './installed-packages.mjs';

const NEEDED_BY_CANVAS = ['drawille-canvas-blessed-contrib'];

const [modules] = process.argv.slice(2);
const contrib = join(modules, 'node_modules/blessed-contrib/package.json');
const manifest = readManifest(contrib);
const claimed = Object.entries(manifest.dependencies).filter(([name]) => NEEDED_BY_CANVAS.includes(name));
writeFileSync(contrib, `${JSON.stringify({ ...manifest, dependencies: Object.fromEntries(claimed) }, null, 2)}\n`);

const needed = new Set();
need(modules);
for (const { folder } of installedPackages(modules))
  if (!needed.has(folder)) rmSync(folder, { recursive: true, force: true });

function need(folder) {
  if (needed.has(folder)) return;
  needed.add(folder);
  const {
    dependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = readManifest(join(folder, 'package.json'));
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  for (const name of [...Object.keys(dependencies), ...peers]) need(find(name, folder));
}

/** As Node.js looks for it: in the folder's own node_modules, then in those around it. */
function find(name, folder) {
  const found = join(folder, 'node_modules', name);
  if (existsSync(found)) return found;
  if (relative(modules, folder) === '') throw new Error(`${name} is not installed`);
  return find(name, join(folder, '..'));
}

function readManifest(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
