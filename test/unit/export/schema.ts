import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** A schema in docs/. */
export type SchemaName = 'summary' | 'diff';

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

export function readSchema(
  name: SchemaName,
): ObjectSchema & { readonly $defs: Readonly<Record<string, ObjectSchema>> } {
  return JSON.parse(readFileSync(new URL(`../../../docs/${name}.schema.json`, import.meta.url), 'utf8'));
}

/** What the schema has against the parsed text of a file of ours; empty where it is valid. */
export function schemaErrors(name: SchemaName = 'summary'): (parsed: unknown) => readonly string[] {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(readSchema(name));
  return (parsed) =>
    validate(parsed) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
