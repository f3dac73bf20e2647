import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const SCHEMA_FILE = new URL('../../../docs/summary.schema.json', import.meta.url);

/** One object of the schema: what a reader of the file sees of it. */
export interface ObjectSchema {
  readonly description: string;
  readonly additionalProperties: boolean;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, PropertySchema>>;
}

interface PropertySchema {
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, PropertySchema>>;
}

export function readSchema(): ObjectSchema & { readonly $defs: Readonly<Record<string, ObjectSchema>> } {
  return JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'));
}

/** What the schema has against the parsed text of a summary; empty where it is valid. */
export function schemaErrors(): (summary: unknown) => readonly string[] {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(readSchema());
  return (summary) =>
    validate(summary) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
