import type { Decoder } from './decoder.js';
import type { Field } from './fields.js';

/** Names that can stand in the program text below as they are: all that a property of ours is called. */
const PLAIN_NAME = /^[a-zA-Z][a-zA-Z0-9]*$/;

/**
 * One function that reads these fields in order and makes the object, with `fixed`'s properties before them; what an
 * optional field reads as undefined is left out. It is compiled, as schema compilers do it, because a million records
 * have ten million fields, and storing each by a name in a variable takes a third of the time it takes to read them. Its
 * text is made of the names in shapes.ts and of nothing else: nothing from a recording gets into it.
 */
export function compiledReader<T>(
  fields: readonly (readonly [name: string, field: Pick<Field<unknown>, 'read' | 'optional'>])[],
  fixed: object,
): (from: Decoder) => T {
  for (const name of [...Object.keys(fixed), ...fields.map(([one]) => one)]) {
    if (!PLAIN_NAME.test(name)) throw new Error(`${name} is no name of a property`);
  }
  const always = fields.flatMap(([name, { optional }], at) => (optional ? [] : [`${name}: value${at}`]));
  const lines = [
    ...fields.map((_, at) => `const value${at} = read${at}(from);`),
    `const made = { ${[...Object.keys(fixed).map((name) => `${name}: fixed.${name}`), ...always].join(', ')} };`,
    ...fields.flatMap(([name, { optional }], at) =>
      optional ? [`if (value${at} !== undefined) made.${name} = value${at};`] : [],
    ),
    'return made;',
  ];
  const readers = fields.map(([, { read }]) => read);
  const names = readers.map((_, at) => `read${at}`);
  return new Function('fixed', ...names, `return (from) => {\n${lines.join('\n')}\n};`)(fixed, ...readers);
}
