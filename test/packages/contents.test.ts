import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../kernel/support/repository.js';
import { ARCHITECTURES, PACKAGES, scratchFolder, unpackTarball } from './packages.js';

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true }));

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly hashes?: readonly { readonly content: string }[];
}

function componentsOf(sbom: string): readonly Component[] {
  return (JSON.parse(readFileSync(sbom, 'utf8')) as { components: readonly Component[] }).components;
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** e_machine of an ELF file; null where it is none. */
function machineOf(file: string): number | null {
  const header = Buffer.alloc(20);
  const fd = openSync(file, 'r');
  readSync(fd, header);
  closeSync(fd);
  return header.readUInt32BE(0) === 0x7f454c46 ? header.readUInt16LE(18) : null;
}

const EM_X86_64 = 62;
const EM_AARCH64 = 183;

test('SHA256SUMS holds for each file, and leaves out none', () => {
  const sums = readFileSync(join(PACKAGES, 'SHA256SUMS'), 'utf8');
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: PACKAGES });
  const named = sums
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(66));
  expect([...named, 'SHA256SUMS'].sort()).toEqual(readdirSync(PACKAGES).sort());
});

describe.each(ARCHITECTURES)('the tarball for %s', (arch) => {
  const machine = { x64: EM_X86_64, arm64: EM_AARCH64 }[arch];
  const top = unpackTarball(scratch, arch);
  const sbom = join(top, 'sbom.cdx.json');

  test('its list of what is inside has every file with its hash, and no other', () => {
    const listed = componentsOf(sbom).filter(({ type }) => type === 'file');
    const found = filesIn(top).filter((name) => name !== 'sbom.cdx.json');
    expect(new Map(listed.map(({ name, hashes }) => [name, hashes?.[0]?.content]))).toEqual(
      new Map(found.map((name) => [name, sha256(join(top, name))])),
    );
  });

  test('every package in node_modules is on the list, with Node.js and the C library', () => {
    const listed = componentsOf(sbom).filter(({ type }) => type !== 'file');
    const manifests = filesIn(join(top, 'node_modules'))
      .filter((name) => /^(.*node_modules\/)?(@[^/]+\/)?[^/]+\/package\.json$/.test(name))
      .map((name) => JSON.parse(readFileSync(join(top, 'node_modules', name), 'utf8')))
      .map(({ name, version }) => `${name}@${version}`);
    const own = listed.filter(({ name }) => name === 'node' || name === 'glibc');
    expect(own.map(({ name }) => name)).toEqual(['node', 'glibc']);
    const others = listed.filter((one) => !own.includes(one)).map(({ name, version }) => `${name}@${version}`);
    expect(others.sort()).toEqual([...new Set(manifests)].sort());
  });

  test('all that is machine code in it is for that machine', () => {
    const programs = filesIn(top)
      .map((name) => [name, machineOf(join(top, name))])
      .filter(([, found]) => found !== null);
    expect(Object.fromEntries(programs)).toEqual({
      'bin/faultscope': machine,
      'build/workloads/coldmmap': machine,
      'libexec/node': machine,
    });
  });

  test('its Node.js asks for no later C library than the docs and the .deb say', () => {
    const asked = execFileSync('grep', ['-aoE', 'GLIBC_[0-9.]+', join(top, 'libexec/node')], { encoding: 'utf8' });
    const minors = [...asked.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    expect(Math.max(...minors)).toBe(28);
    expect(readFileSync(join(REPOSITORY, 'packaging/debian/control'), 'utf8')).toContain('libc6 (>= 2.28)');
    expect(readFileSync(join(REPOSITORY, 'docs/install.md'), 'utf8')).toContain('glibc 2.28');
  });

  test('nobody but root may change it, and it has no set-user-ID programs', () => {
    for (const name of filesIn(top)) expect([name, statSync(join(top, name)).mode & 0o7022]).toEqual([name, 0]);
  });

  test('it says nothing of where it was built', () => {
    for (const file of [...filesIn(join(top, 'dist')).map((name) => `dist/${name}`), 'sbom.cdx.json', 'package.json']) {
      expect(readFileSync(join(top, file), 'utf8')).not.toContain(REPOSITORY);
    }
  });
});
