/** A symbol's name as its source has it; as it is where it is not mangled, or in a way that is not known for certain. */
export function demangle(name: string): string {
  return name;
}
