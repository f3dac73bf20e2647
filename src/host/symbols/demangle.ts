import { demangleItanium } from './demangle-itanium.js';
import { demangleRustLegacy } from './demangle-rust-legacy.js';
import { demangleRustV0 } from './demangle-rust-v0.js';

/** A symbol's name as its source has it; as it is where it is not mangled, or in a way that is not known for certain. */
export function demangle(name: string): string {
  if (name.startsWith('_R')) return demangleRustV0(name) ?? name;
  if (!name.startsWith('_Z')) return name;
  return demangleRustLegacy(name) ?? demangleItanium(name) ?? name;
}
