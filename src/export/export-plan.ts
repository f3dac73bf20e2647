import { usage } from '../errors.js';
import { EXPORT_FORMATS, type ExportFormat, type ExportTable } from './formats.js';
import { STDOUT } from './write-file.js';

/** What is to be written where. */
export interface ExportPlan {
  readonly format: ExportFormat;
  /** Files that belong together; one of them where it is standard output. */
  readonly files: readonly PlannedFile[];
}

export interface PlannedFile {
  /** `-` is standard output. */
  readonly path: string;
  readonly table: ExportTable;
}

export interface ExportWish {
  /** Null: by the file's ending, and json for standard output. */
  readonly format: string | null;
  /** Null: all of csv's, the first of others. */
  readonly table: string | null;
}

/** Understands what is to be exported, before anything is traced or read. Throws a FaultscopeError, exit code 2. */
export function planExport(path: string, wish: ExportWish): ExportPlan {
  const format = wish.format === null ? formatOfPath(path) : formatNamed(wish.format);
  const tables = tablesOf(format, wish.table);
  const [table] = tables;
  if (table !== undefined && tables.length === 1) return { format, files: [{ path, table }] };
  if (path === STDOUT) {
    throw usage(`${format.name} has several tables and - holds one`, `add --table ${namesOf(format, ' or ')}`);
  }
  // All of csv's: x.csv becomes x.threads.csv and so on.
  const ending = format.endings.find((one) => path.toLowerCase().endsWith(one)) ?? '';
  const base = path.slice(0, path.length - ending.length);
  return {
    format,
    files: tables.map((one) => ({ path: `${base}.${one.name}${format.endings[0] ?? ''}`, table: one })),
  };
}

/** "json (.json), csv (.csv), ...": all there are. */
function formatList(): string {
  return EXPORT_FORMATS.map(({ name, endings }) => `${name} (${endings.join(' ')})`).join(', ');
}

function formatNamed(name: string): ExportFormat {
  const found = EXPORT_FORMATS.find((format) => format.name === name);
  if (found === undefined) throw usage(`there is no format ${name}`, `the formats are ${formatList()}`);
  return found;
}

/** The longest ending decides: x.speedscope.json is no summary. */
function formatOfPath(path: string): ExportFormat {
  if (path === STDOUT) return formatNamed('json');
  const lower = path.toLowerCase();
  const fits = EXPORT_FORMATS.flatMap((format) => format.endings.map((ending) => ({ format, ending })))
    .filter(({ ending }) => lower.endsWith(ending))
    .sort((a, b) => b.ending.length - a.ending.length);
  const [best] = fits;
  if (best === undefined) throw usage(`the ending of ${path} says no format`, `add --format, one of ${formatList()}`);
  return best.format;
}

function tablesOf(format: ExportFormat, name: string | null): readonly ExportTable[] {
  if (name === null) return format.unnamed === 'all' ? format.tables : format.tables.slice(0, 1);
  if (format.tables.length === 1) throw usage(`${format.name} has no tables to choose from`, 'leave out --table');
  const found = format.tables.filter((table) => table.name === name);
  if (found.length === 0) throw usage(`${format.name} has no table ${name}`, `give --table ${namesOf(format, ' or ')}`);
  return found;
}

function namesOf({ tables }: ExportFormat, between: string): string {
  return tables.map(({ name }) => name).join(between);
}
