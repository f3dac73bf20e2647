// The package.json of what is packaged, on stdout: without what only a checkout needs.
//
//   node scripts/lib/package-json.mjs PACKAGE_JSON
//
// All its dependencies are packed with it (bundleDependencies): `overrides` counts only for the root of an installation,
// and so does a lock file, so that npm would choose other versions for whoever installs it.
import { readFileSync } from 'node:fs';

const {
  scripts: _,
  devDependencies: __,
  overrides: ___,
  files,
  ...kept
} = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const inside = [...files, 'THIRD-PARTY.txt', 'sbom.cdx.json'];
console.log(JSON.stringify({ ...kept, files: inside, bundleDependencies: true }, null, 2));
