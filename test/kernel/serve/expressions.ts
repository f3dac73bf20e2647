import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../support/repository.js';

const DASHBOARD = join(REPOSITORY, 'packaging/grafana/faultscope.json');

/** Something that Grafana asks, as it asks it with a window of ten seconds where all is chosen. */
export interface Expression {
  /** The panel, annotation or variable. */
  readonly of: string;
  readonly expression: string;
}

interface Dashboard {
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr?: string }[] };
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { readonly query: string } }[];
  };
}

/** All that the dashboard asks for. */
export function dashboardExpressions(): readonly Expression[] {
  const { annotations, panels, templating } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard;
  return [
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => asked(title, expr))),
    ...annotations.list.flatMap(({ name, expr }) => (expr === undefined ? [] : [asked(name, answered(expr))])),
    ...templating.list.flatMap(({ name, query }) => {
      const text = typeof query === 'string' ? query : query.query;
      const [, series, label] = /^label_values\((.*), (\w+)\)$/.exec(text) ?? [];
      return series === undefined ? [] : [asked(name, `count by (${label}) (${series})`)];
    }),
  ];
}

/** A condition, made to answer 0 where it does not hold: then it can be seen that it has something to look at. */
export function answered(condition: string): string {
  return condition.replaceAll(/ (==|<|>) /g, ' $1 bool ');
}

/**
 * The rules with windows of ten seconds, of which scrapes a second apart fill a tenth as well as those of a minute do five
 * minutes, and with two seconds in place of all times for which a condition must hold.
 */
export function shortened(rules: string): string {
  return rules.replaceAll(/\[\d+[mh]\]/g, '[10s]').replaceAll(/^( *for:) \d+m$/gm, '$1 2s');
}

function asked(of: string, text: string): Expression {
  const expression = text
    .replaceAll('$__rate_interval', '10s')
    .replaceAll(/\[(\$__range|\d+[mh])\]/g, '[30s]')
    .replaceAll(/\$(instance|target|process)/g, '.+');
  return { of, expression };
}
