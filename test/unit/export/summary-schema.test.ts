import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { FINDING_IDS } from '../../../src/diagnosis/finding.js';
import { CAUSES, TIME_PARTS } from '../../../src/model/cause.js';
import { EVICTION_WAYS, FAULT_CAUSES } from '../../../src/record/page-cache.js';
import { PROBE_SETS } from '../../../src/record/record.js';
import { readSchema, schemaErrors } from './schema.js';

const schema = readSchema();
const objects = new Map(Object.entries({ Summary: schema, ...schema.$defs }));
const folder = new URL('../../../src/export/', import.meta.url);
const typeFiles = readdirSync(folder).filter((name) => name.startsWith('summary-format'));
const interfaces = new Map(typeFiles.flatMap((name) => [...interfacesIn(readFileSync(new URL(name, folder), 'utf8'))]));

describe('the JSON schema of the summary', () => {
  test('describes exactly the types of summary-format*.ts', () => {
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

  test('knows every cause, every part of the time, every probe set and every finding', () => {
    expect(objects.get('SummaryWait')?.properties.cause?.enum).toEqual([...CAUSES]);
    expect(objects.get('SummaryProbe')?.properties.set?.enum).toEqual([...PROBE_SETS]);
    expect(objects.get('SummaryFinding')?.properties.id?.enum).toEqual([...FINDING_IDS]);
    expect(objects.get('SummaryEvictor')?.properties.way?.enum).toEqual([...EVICTION_WAYS]);
    expect(objects.get('SummaryCause')?.properties.cause?.enum).toEqual([...FAULT_CAUSES]);
    const time = objects.get('SummaryTotals')?.properties.timeNs;
    expect(time?.required).toEqual([...TIME_PARTS]);
    expect(Object.keys(time?.properties ?? {})).toEqual([...TIME_PARTS]);
  });

  test('refuses another version and unknown keys', () => {
    const errors = schemaErrors()({ schema: 'faultscope.summary/2', surprise: 1 });
    expect(errors).toContain('/schema must be equal to constant');
    expect(errors).toContain(' must NOT have additional properties');
  });
});

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
