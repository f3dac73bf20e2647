/** A name in the current directory that says what and when: "faultscope-1234-2024-05-01T03-12-40.ENDING". */
export function stampedName(pid: number, ending: string): string {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-').slice(0, 19);
  return `faultscope-${pid}-${stamp}.${ending}`;
}
