import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { type ObjectSchema, readSchema, type SchemaName } from './schema.js';

/**
 * Adds the tests that docs/NAME.schema.json says what the types of src/export/NAME-format*.ts say, of which `root` is the whole
 * file. Gives the objects of the schema by the names of their types.
 */
export function testSchemaOfTypes(name: SchemaName, root: string): ReadonlyMap<string, ObjectSchema> {
  const schema = readSchema(name);
  const objects = new Map(Object.entries({ [root]: schema, ...schema.$defs }));
  const folder = new URL('../../../src/export/', import.meta.url);
  const typeFiles = readdirSync(folder).filter((file) => file.startsWith(`${name}-format`));
  const interfaces = new Map(
    typeFiles.flatMap((file) => [...interfacesIn(readFileSync(new URL(file, folder), 'utf8'))]),
  );

  test(`describes exactly the types of ${name}-format*.ts`, () => {
    expect([...objects.keys()].sort()).toEqual([...interfaces.keys()].sort());
  });

  test.each([...interfaces])('has each field of %s, as required as in the type', (name, fields) => {
    const described = objects.get(name);
    expect(Object.keys(described?.properties ?? {})).toEqual(fields.map((field) => field.name));
    expect(described?.required).toEqual(fields.filter((field) => !field.optional).map((field) => field.name));
    expect(described?.additionalProperties).toBe(false);
  });

  test.each([...objects])('says what each field of %s is, with its unit where it is a duration', (_name, object) => {
    for (const [field, property] of Object.entries(object.properties)) {
      expect(property.description, field).toMatch(/\.$/);
      if (field.endsWith('Ns')) expect(property.description, field).toMatch(/\bns\b/);
    }
  });

  test.each([...interfaces])('and so does the type of %s', (_name, fields) => {
    for (const field of fields) expect(field.comment, field.name).toMatch(/\.$/);
  });
  return objects;
}

interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly comment: string;
}

function interfacesIn(source: string): Map<string, Field[]> {
  const file = ts.createSourceFile('types.ts', source, ts.ScriptTarget.Latest, true);
  const found = file.statements.filter(ts.isInterfaceDeclaration);
  return new Map(found.map((type) => [type.name.text, type.members.filter(ts.isPropertySignature).map(fieldOf)]));
}

function fieldOf(member: ts.PropertySignature): Field {
  const comment = ts.getJSDocCommentsAndTags(member).map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '');
  return { name: member.name.getText(), optional: member.questionToken !== undefined, comment: comment.join(' ') };
}
