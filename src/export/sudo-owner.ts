export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** (uid_t)-1 means "leave as it is" to chown(2). */
const HIGHEST_ID = 0xffff_fffe;

/** Who called sudo (sudo(8), SUDO_UID and SUDO_GID); null unless we are root and both are there and sound. */
export function sudoOwner(env: NodeJS.ProcessEnv, effectiveUid: number | undefined): Owner | null {
  if (effectiveUid !== 0) return null;
  const uid = parseId(env.SUDO_UID);
  const gid = parseId(env.SUDO_GID);
  return uid === null || gid === null ? null : { uid, gid };
}

function parseId(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return null;
  const id = Number(text);
  return id <= HIGHEST_ID ? id : null;
}
