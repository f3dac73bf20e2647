import { expect, test } from 'vitest';
import { applyPatch } from '../../../src/probe/script.js';

const SCRIPT = 'before\n//[one\nkeep this, change that\n//]\nbetween\n//[two\nother\n//]\nafter\n';

test('a block can be given a new text; all else stays', () => {
  expect(applyPatch(SCRIPT, { block: 'two', text: 'new\n' })).toBe(SCRIPT.replace('other', 'new'));
});

test('a part of a block can be replaced; all else stays', () => {
  expect(applyPatch(SCRIPT, { block: 'one', from: 'that', to: 'it' })).toBe(SCRIPT.replace('that', 'it'));
});

test('an empty new text empties the block and leaves its marks', () => {
  expect(applyPatch(SCRIPT, { block: 'two', text: '' })).toContain('//[two\n//]\n');
});

test('a block that is missing, unfinished or there twice is an error', () => {
  expect(() => applyPatch(SCRIPT, { block: 'three', text: '' })).toThrow('no single block three');
  expect(() => applyPatch('//[one\nx\n', { block: 'one', text: '' })).toThrow('no single block one');
  expect(() => applyPatch(SCRIPT + SCRIPT, { block: 'one', text: '' })).toThrow('no single block one');
});

test('a text to replace that is missing, elsewhere or there twice is an error', () => {
  expect(() => applyPatch(SCRIPT, { block: 'one', from: 'other', to: '' })).toThrow('has no single "other"');
  expect(() => applyPatch(SCRIPT, { block: 'one', from: 'th', to: '' })).toThrow('has no single "th"');
});
