import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { Ajv } from 'ajv';

const require = createRequire(import.meta.url);
const RELEASE = join(dirname(require.resolve('speedscope/package.json')), 'dist/release');

/** What speedscope makes of a profile. */
export interface ImportedProfile {
  getName(): string;
  getTotalWeight(): number;
  getWeightUnit(): string;
  forEachCall(
    open: (node: { readonly frame: { readonly name: string } }, value: number) => void,
    close: (node: { readonly frame: { readonly name: string } }, value: number) => void,
  ): void;
}

type Import = (file: string, base64: string) => Promise<{ name: string; profiles: readonly ImportedProfile[] } | null>;

const validate = new Ajv({ strict: false, allErrors: true }).compile(
  JSON.parse(readFileSync(join(RELEASE, 'file-format-schema.json'), 'utf8')),
);

/** What speedscope's schema has against a file; empty where it is valid. */
export function speedscopeErrors(file: unknown): readonly string[] {
  return validate(file) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

const importFile = speedscopeImport();

/** Opens a file with speedscope's own importer. */
export function openInSpeedscope(text: string, name = 'trace.speedscope.json'): ReturnType<Import> {
  return importFile(name, Buffer.from(text).toString('base64'));
}

/**
 * The viewer is one script that exports nothing: the function which it gives to files opened from the disk is taken out of
 * it, and there is no page to draw on.
 */
function speedscopeImport(): Import {
  const [script = ''] = readdirSync(RELEASE).filter((name) => /^speedscope-\w+\.js$/.test(name));
  const viewer = readFileSync(join(RELEASE, script), 'utf8');
  const found = /loadFileFromBase64:\((\w+),(\w+)\)=>\{this\.loadProfile\(\(\)=>(\w+)\(\1,\2\)\)/.exec(viewer);
  const start = '"use strict";(()=>{';
  if (found === null || !viewer.startsWith(start)) throw new Error('this speedscope is built otherwise');
  const location = { hash: '', protocol: 'file:' };
  const context = createContext({
    ...{ atob, TextDecoder, TextEncoder, Uint8Array, location, document: {}, self: {}, navigator: { platform: '' } },
    console: { log() {}, warn() {} },
    window: { location, addEventListener() {}, matchMedia: () => ({ matches: false, addListener() {} }) },
  });
  try {
    runInContext(`${start}globalThis.opened=(...file)=>${found[3]}(...file);${viewer.slice(start.length)}`, context);
  } catch {
    // Drawing is the last that it does.
  }
  return context.opened;
}
