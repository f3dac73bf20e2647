import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../kernel/support/repository.js';

/** Where scripts/package puts them. */
export const PACKAGES = join(REPOSITORY, 'build/packages');

const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { version: string };

export const VERSION = version;

/** The architecture of this machine as Node.js and as Debian name it. */
export const ARCH = process.arch === 'arm64' ? 'arm64' : 'x64';
const DEBIAN_ARCH = { x64: 'amd64', arm64: 'arm64' };

export const DEB = join(PACKAGES, `faultscope_${VERSION}_${DEBIAN_ARCH[ARCH]}.deb`);
export const NPM_PACKAGE = join(PACKAGES, `faultscope-${VERSION}.tgz`);

/** A folder of a test's own; under build, because the layers of an overlay cannot be in another one. */
export function scratchFolder(): string {
  return mkdtempSync(join(REPOSITORY, 'build/package-test-'));
}

export type Arch = 'x64' | 'arm64';

/** What is built and looked at: the other one too where FAULTSCOPE_TEST_ARM64 is set, which takes a cross compiler and qemu. */
export const ARCHITECTURES: readonly Arch[] = process.env.FAULTSCOPE_TEST_ARM64 ? ['x64', 'arm64'] : [ARCH];

/** Unpacks a tarball into a folder and returns the one that is in it. */
export function unpackTarball(folder: string, arch: Arch = ARCH): string {
  const name = `faultscope-${VERSION}-linux-${arch}`;
  execFileSync('tar', ['-xf', join(PACKAGES, `${name}.tar.xz`), '-C', folder]);
  return join(folder, name);
}
