/** The N of a version as the toolchain calls itself ("go1.N.3"); null where it cannot be told. */
export function minorVersion(version: string): number | null {
  const minor = /\bgo1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? null : Number(minor);
}
