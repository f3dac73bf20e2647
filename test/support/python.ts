import { spawnSync } from 'node:child_process';

/** Debian's python3 has the packages that apt installs; another one may come first in the PATH. */
const PYTHON = ['/usr/bin/python3', 'python3'].find(canParse) ?? 'python3';

/** Runs a program of Python that reads standard input and prints JSON; returns what it printed. Throws where it fails. */
export function python(program: string, input: string | Buffer): unknown {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', program], { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`python: ${stderr}`);
  return JSON.parse(stdout.toString());
}

/** It has the parser of OpenMetrics, python3-prometheus-client. */
function canParse(file: string): boolean {
  return spawnSync(file, ['-c', 'import prometheus_client.openmetrics.parser']).status === 0;
}

/** A CSV file by the csv module of Python: each row by its columns' names. */
export function readCsv(text: string | Buffer): Record<string, string>[] {
  const rows = python(
    `import csv, io, json, sys
text = io.TextIOWrapper(sys.stdin.buffer, 'utf-8', newline='')
json.dump(list(csv.DictReader(text, strict=True)), sys.stdout)`,
    text,
  );
  if (!Array.isArray(rows)) throw new Error('no rows');
  return rows;
}
