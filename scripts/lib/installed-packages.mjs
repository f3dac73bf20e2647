import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages that are left below a folder's node_modules, as its lock file orders them, with what their package.json says and the
 * folder that each is in.
 */
export function installedPackages(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true && existsSync(join(folder, path)))
    .map(([path]) => {
      const inside = join(folder, path);
      return { ...JSON.parse(readFileSync(join(inside, 'package.json'), 'utf8')), folder: inside };
    });
}
