import { WAY_WORDS } from '../../diagnosis/eviction-words.js';
import { FAULT_CAUSE_MEANINGS } from '../../diagnosis/fault-cause-words.js';
import type { MemoryCgroupView } from '../../model/memory-cgroup-view.js';
import type { ActorView, PageCacheView } from '../../model/page-cache-view.js';
import type { Snapshot } from '../../model/snapshot.js';
import { formatBytes, formatCount, formatPercent } from '../../text/units.js';
import { bar, duration, share } from './figures.js';
import { type Html, html, type Piece } from './html.js';
import type { Section } from './section.js';
import { type Column, table } from './table.js';

const LISTED = 20;

/** Who evicted the pages, why they were not there, who fills memory; null where neither was looked at. */
export function pageCacheSection({ pageCache, memoryCgroup }: Snapshot): Section | null {
  if (pageCache === null && memoryCgroup === null) return null;
  return {
    id: 'page-cache',
    title: 'Page cache',
    body: [
      pageCache === null ? null : pageCacheTables(pageCache),
      memoryCgroup === null ? null : cgroupText(memoryCgroup),
    ],
  };
}

function pageCacheTables(view: PageCacheView): Piece {
  const { majorFaults, evictedPages, watchedNs, filledBytes, kswapdRefaults } = view;
  return [
    html`<p>${formatCount(evictedPages)} pages of its files were evicted while it was watched (${duration(watchedNs)}); ${sampledText(view)}.</p>`,
    causeTable(view),
    table({
      caption: 'Who evicted its pages, most refaults first',
      rows: view.evictors,
      limit: LISTED,
      none: 'nobody has',
      columns: [
        ...actorColumns,
        { header: 'way', cell: ({ way }) => WAY_WORDS[way] },
        { header: 'pages', value: ({ pages }) => pages, format: formatCount },
        {
          header: 'refaults',
          value: ({ refaults }) => refaults,
          format: formatCount,
          hint: 'major faults of the target in pages that were evicted so',
        },
        {
          header: 'share',
          value: ({ refaults }) => share(refaults, majorFaults),
          format: formatPercent,
          hint: 'of its major faults that were looked at',
        },
        { header: 'mean age', value: ({ meanAgeNs }) => meanAgeNs, format: duration, hint: 'from eviction to refault' },
        {
          header: 'fault time',
          value: ({ refaults, refaultWaitNs }) => (refaults > 0 ? refaultWaitNs : null),
          format: duration,
        },
      ],
    }),
    kswapdRefaults === 0 ? null : suspectTable(view),
    table({
      caption: `Who fills memory: ${formatBytes(filledBytes)} in all (anonymous: growth, at least)`,
      rows: view.fillers,
      limit: LISTED,
      none: 'nobody was seen',
      columns: [
        ...actorColumns,
        { header: 'page cache', value: ({ pageCacheBytes }) => pageCacheBytes, format: formatBytes },
        { header: 'anonymous', value: ({ anonymousBytes }) => anonymousBytes, format: formatBytes },
      ],
    }),
  ];
}

function causeTable({ causes, majorFaults }: PageCacheView): Html {
  return table({
    caption: `Causes of ${formatCount(majorFaults)} major faults`,
    rows: causes,
    none: 'no major fault in its files was looked at',
    columns: [
      {
        header: 'cause',
        cell: ({ cause, majorFaults: faults }) => [bar(share(faults, majorFaults), 'is-fault'), cause],
      },
      { header: 'share', value: ({ majorFaults: faults }) => share(faults, majorFaults), format: formatPercent },
      { header: 'faults', value: ({ majorFaults: faults }) => faults, format: formatCount },
      { header: 'fault time', value: ({ faultWaitNs }) => faultWaitNs, format: duration },
      { header: 'sure', cell: ({ confidence }) => confidence },
      { header: 'what it means', cell: ({ cause }) => FAULT_CAUSE_MEANINGS[cause] },
    ],
  });
}

function suspectTable({ suspects, kswapdRefaults }: PageCacheView): Html {
  return table({
    caption: `Suspects behind kswapd, by what they brought into memory then; no proof of guilt (${formatCount(kswapdRefaults)} refaults)`,
    rows: suspects,
    limit: LISTED,
    none: 'who filled memory while kswapd evicted is not known',
    columns: [
      ...actorColumns,
      { header: 'share', value: (suspect) => suspect.share, format: formatPercent },
      { header: 'refaults', value: ({ refaults }) => refaults, format: formatCount },
    ],
  });
}

function sampledText({ sampling, sampledFaults, majorFaults }: PageCacheView): string {
  const forgotten = sampling.forgotten > 0 ? `; ${formatCount(sampling.forgotten)} had to be forgotten` : '';
  if (sampling.oneIn === 1) return `every evicted page is remembered${forgotten}`;
  return `one page in ${sampling.oneIn} is remembered, so that refaults and causes are scaled from ${formatCount(sampledFaults)} of ${formatCount(majorFaults)} faults; pages evicted are exact${forgotten}`;
}

const actorColumns: readonly Column<{ readonly actor: ActorView }>[] = [
  { header: 'process', cell: ({ actor }) => actorName(actor) },
  { header: 'cgroup', cell: ({ actor }) => html`<span class="path">${actor.cgroup ?? '-'}</span>` },
];

function actorName({ pid, comm, command, isTarget }: ActorView): Piece {
  if (pid === 0) return 'many others';
  const name = isTarget ? 'the target' : (comm ?? '-');
  return command === null ? `${name} ${pid}` : html`<span title="${command}">${name} ${pid}</span>`;
}

function cgroupText({
  path,
  limitBytes,
  usageBytes,
  fileBytes,
  anonBytes,
  meanFullness,
  refaultedPages,
}: MemoryCgroupView): Html {
  return html`<h3>Its memory cgroup</h3><dl class="pairs">
<div><dt>Path</dt><dd class="path">${path}</dd></div>
<div><dt>Usage</dt><dd>${formatBytes(usageBytes)} of its limit of ${formatBytes(limitBytes)}; ${formatPercent(meanFullness)} full on average</dd></div>
<div><dt>Of files, anonymous</dt><dd>${formatBytes(fileBytes)}, ${formatBytes(anonBytes)}</dd></div>
<div><dt>Pages refaulted</dt><dd>${formatCount(refaultedPages)}</dd></div>
</dl>`;
}
