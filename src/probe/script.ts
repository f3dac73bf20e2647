import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A change to one marked block of a script: a new text for it, or one replacement inside it. */
export type ScriptPatch =
  | { readonly block: string; readonly text: string }
  | { readonly block: string; readonly from: string; readonly to: string };

/** Reads bpf/NAME.bt of this installation and applies the patches. */
export function loadScript(name: string, patches: readonly ScriptPatch[]): string {
  const path = fileURLToPath(new URL(`../../bpf/${name}.bt`, import.meta.url));
  return patches.reduce(applyPatch, readFileSync(path, 'utf8'));
}

/** Throws where the block or the text to replace is not there exactly once: script and patches have drifted apart. */
export function applyPatch(script: string, patch: ScriptPatch): string {
  const open = `//[${patch.block}\n`;
  const start = script.indexOf(open);
  const end = script.indexOf('//]\n', start);
  if (start === -1 || end === -1 || script.indexOf(open, start + 1) !== -1) {
    throw new Error(`script has no single block ${patch.block}`);
  }
  const body = script.slice(start + open.length, end);
  return script.slice(0, start + open.length) + patchBody(body, patch) + script.slice(end);
}

function patchBody(body: string, patch: ScriptPatch): string {
  if ('text' in patch) return patch.text;
  const parts = body.split(patch.from);
  if (parts.length !== 2) throw new Error(`block ${patch.block} has no single "${patch.from}"`);
  return parts.join(patch.to);
}
