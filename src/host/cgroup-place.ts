/** Where a cgroup of a process is in our file systems. */
export interface CgroupPlace {
  readonly version: 1 | 2;
  readonly mountPoint: string;
  /** What of the hierarchy is mounted there; "" for all of it. */
  readonly root: string;
  /** The cgroup below the mount point: "" or "/a/b". */
  readonly below: string;
}

/**
 * That of one controller, from /proc/PID/cgroup and /proc/self/mountinfo (cgroups(7), proc_pid_mountinfo(5)). Both tell
 * paths as seen from our own cgroup namespace, whichever the process is in. Null where the controller is not mounted here,
 * or what is mounted is another part of it. A version 1 hierarchy that has the controller goes before version 2.
 */
export function cgroupPlace(controller: 'memory' | 'cpu', cgroupText: string, mountinfo: string): CgroupPlace | null {
  const lines = cgroupText.split('\n').map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  const v1 = lines.find((line) => line?.[1]?.split(',').includes(controller))?.[2];
  const v2 = lines.find((line) => line?.[1] === '')?.[2];
  const version = v1 === undefined ? 2 : 1;
  const path = v1 ?? v2;
  // A path that leads above our cgroup namespace's root begins with /.. (cgroup_path_ns()).
  if (path === undefined || /\/\.\.(\/|$)/.test(path)) return null;
  const own = path === '/' ? '' : path;
  for (const mount of mountsOf(mountinfo, version, controller)) {
    const root = mount.root === '/' ? '' : mount.root;
    if (own !== root && !own.startsWith(`${root}/`)) continue;
    return { version, mountPoint: mount.mountPoint, root, below: own.slice(root.length) };
  }
  return null;
}

function mountsOf(mountinfo: string, version: 1 | 2, controller: string): { root: string; mountPoint: string }[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [, root, mountPoint, type, options = ''] =
      /^\d+ \d+ \d+:\d+ (\S+) (\S+) .* - (\S+) \S+ (\S+)$/.exec(line) ?? [];
    if (root === undefined || mountPoint === undefined) return [];
    const fits = version === 2 ? type === 'cgroup2' : type === 'cgroup' && options.split(',').includes(controller);
    return fits ? [{ root: unescaped(root), mountPoint: unescaped(mountPoint) }] : [];
  });
}

/** Blanks and the like are \040 (mangle() in fs/seq_file.c). */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
