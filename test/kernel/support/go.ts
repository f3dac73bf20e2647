import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './repository.js';
import { AHEAD, startWorkload, type Workload } from './workload.js';

/** What a `go` of {@link GO_VERSIONS} keeps of its work, as scripts/workloads/go/Makefile has it. */
const GO_CACHE = '/var/cache/faultscope/go/build-cache';

const FOLDER = 'scripts/workloads/go';

/** Folders of scripts/go-toolchains. */
export const GO_VERSIONS = ['1.19', '1.24', 'newest'] as const;
export type GoVersion = (typeof GO_VERSIONS)[number];

/** The ways of building in scripts/workloads/go/Makefile. */
export const GO_VARIANTS = ['plain', 'stripped', 'pie', 'cgo', 'shipped', 'musl'] as const;
export type GoVariant = (typeof GO_VARIANTS)[number];

export interface GoBuild {
  readonly version: GoVersion;
  readonly variant: GoVariant;
}

/** The program as most of the tests take it. */
export const ANY_GO: GoBuild = { version: '1.24', variant: 'cgo' };

/** Runs `go` on the workloads' module and returns what it prints. */
export function go(version: GoVersion, ...argv: string[]): string {
  const program = join('/var/cache/faultscope/go', version, 'bin/go');
  if (!existsSync(program)) throw new Error(`${program} is missing: run scripts/go-toolchains`);
  const env = { ...process.env, GOCACHE: GO_CACHE };
  return execFileSync(program, argv, { cwd: join(REPOSITORY, FOLDER), env, encoding: 'utf8' });
}

/** What such a Go calls itself, e.g. "go1.24.4". */
export function goVersion(version: GoVersion): string {
  return go(version, 'env', 'GOVERSION').trim();
}

/** Builds a program of scripts/workloads/go, unless that is done, and returns its name for {@link startWorkload}. */
export function goWorkload(program: string, { version, variant }: GoBuild): string {
  const name = `go/${version}-${variant}/${program}`;
  const target = `../../../build/workloads/${name}`;
  execFileSync('make', ['-s', '-C', FOLDER, `VERSION=${version}`, `VARIANT=${variant}`, target], {
    cwd: REPOSITORY,
    stdio: 'inherit',
  });
  return name;
}

/**
 * Ahead of all else that runs here but the slow file, so that what it measures of itself is of the pages and not of the
 * load, which would keep it waiting for a CPU in the middle of a read; and without Go's preemption by signals, which would begin page faults again (scripts/workloads/go/goread/main.go).
 */
function undisturbed(gomaxprocs: number): readonly string[] {
  return [...AHEAD, 'env', `GOMAXPROCS=${gomaxprocs}`, 'GODEBUG=asyncpreemptoff=1'];
}

/** goread, set up and waiting for its line. */
export function startGoread(gomaxprocs: number, argv: readonly string[], build: GoBuild = ANY_GO): Promise<Workload> {
  return startWorkload(goWorkload('goread', build), ['-hold', ...argv], undisturbed(gomaxprocs));
}
