import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { expect, test } from 'vitest';
import { dataElement, html } from '../../../../src/export/html/html.js';
import { safeText } from '../../../../src/text/safe.js';
import { outside } from '../outside-strings.js';

test('a text from outside is text in the page, whatever is in it', () => {
  expect(html`<b>${'<script>alert("1&\'")</script>'}</b>`.markup).toBe(
    '<b>&lt;script&gt;alert(&quot;1&amp;&#39;&quot;)&lt;/script&gt;</b>',
  );
});

test('what was made as markup stays markup, a list is its entries, and nothing is nothing', () => {
  expect(html`<ul>${['a', 'b'].map((text) => html`<li>${text}</li>`)}${null}</ul>${1}`.markup).toBe(
    '<ul><li>a</li><li>b</li></ul>1',
  );
});

/** What stands for no character is no part of a document. */
function shown(text: string): string {
  return safeText(text).replace(/\p{Noncharacter_Code_Point}/gu, '\ufffd');
}

test('any text is read back by a browser as it is shown elsewhere: without controls and what turns the direction', () => {
  fc.assert(
    fc.property(outside, (text) => {
      const { childNodes } = parseFragment(html`<p title="${text}">${text}</p>`.markup);
      const [paragraph, ...rest] = childNodes;
      if (paragraph === undefined || !('attrs' in paragraph)) throw new Error('no paragraph');
      expect(rest).toEqual([]);
      expect(paragraph.attrs).toEqual([{ name: 'title', value: shown(text) }]);
      const inside = paragraph.childNodes.map((node) => ('value' in node ? node.value : 'an element'));
      expect(inside.join('')).toBe(shown(text));
    }),
  );
});

test('data for the script cannot end its element, and is the data', () => {
  fc.assert(
    fc.property(fc.oneof(outside, fc.constant('</script><script>alert(1)</script><!--\u2028')), (text) => {
      const { markup } = dataElement('data', { text });
      const [element, ...rest] = parseFragment(markup).childNodes;
      if (element === undefined || !('childNodes' in element)) throw new Error('no element');
      expect(rest).toEqual([]);
      const json = element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
      expect(json).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(json)).toEqual({ text: safeText(text) });
    }),
  );
});
