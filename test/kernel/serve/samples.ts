/** A series by what identifies it: the same text for the page and for what a server made of it. */
export type SeriesKey = string;

/** The samples of a page in the older format. */
export function samplesOf(page: string): ReadonlyMap<SeriesKey, number> {
  const samples = new Map<SeriesKey, number>();
  for (const line of page.split('\n')) {
    const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (value !== undefined) samples.set(seriesKey({ __name__: name, ...labelsOf(labels) }), Number(value));
  }
  return samples;
}

/** Labels with the name among them; those that scraping adds are left out. */
export function seriesKey(labels: { readonly [name: string]: string }): SeriesKey {
  const own = Object.entries(labels).filter(([name]) => name !== 'job' && name !== 'instance');
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function labelsOf(text: string): { [name: string]: string } {
  const labels = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries(Array.from(labels, ([, name = '', value = '']) => [name, JSON.parse(`"${value}"`)]));
}
