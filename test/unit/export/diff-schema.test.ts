import { describe, expect, test } from 'vitest';
import { FINDING_IDS } from '../../../src/diagnosis/finding.js';
import { VERDICTS } from '../../../src/diff/comparison.js';
import { schemaErrors } from './schema.js';
import { testSchemaOfTypes } from './schema-of-types.js';

describe('the JSON schema of a comparison', () => {
  const objects = testSchemaOfTypes('diff', 'DiffDocument');

  test('knows every verdict and every finding', () => {
    expect(objects.get('DiffMetric')?.properties.verdict?.enum).toEqual([...VERDICTS]);
    expect(objects.get('DiffHeadline')?.properties.verdict?.enum).toEqual([...VERDICTS]);
    expect(objects.get('DiffFinding')?.properties.id?.enum).toEqual([...FINDING_IDS]);
  });

  test('refuses another version and unknown keys', () => {
    const errors = schemaErrors('diff')({ schema: 'faultscope.diff/2', surprise: 1 });
    expect(errors).toContain('/schema must be equal to constant');
    expect(errors).toContain(' must NOT have additional properties');
  });
});
