import { describe, expect, test } from 'vitest';
import { FINDING_IDS } from '../../../src/diagnosis/finding.js';
import { CAUSES, TIME_PARTS } from '../../../src/model/cause.js';
import { EVICTION_WAYS, FAULT_CAUSES } from '../../../src/record/page-cache.js';
import { PROBE_SETS } from '../../../src/record/record.js';
import { schemaErrors } from './schema.js';
import { testSchemaOfTypes } from './schema-of-types.js';

describe('the JSON schema of the summary', () => {
  const objects = testSchemaOfTypes('summary', 'Summary');

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
