/** What the page's script is given: nothing that the charts do not show, in a form that it can say. */
export interface PageData {
  readonly durationNs: number;
  /** Ends of the spans of the history, in ns since the session began. */
  readonly history: readonly number[];
  /** By the name of the chart. */
  readonly charts: { readonly [name: string]: readonly TrackData[] };
  readonly lanes: LanesData;
}

/** What a chart shows in each span of the history, in words. */
export interface TrackData {
  readonly title: string;
  readonly texts: readonly string[];
}

/** Ends of the columns in ns, and of each lane what its thread did in them: "F80c20" is 80 % fault, 20 % on-CPU. */
export interface LanesData {
  readonly columns: readonly number[];
  readonly lanes: readonly { readonly name: string; readonly cells: readonly string[] }[];
}
