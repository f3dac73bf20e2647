// The manual page, on stdout: what --help says of faultscope and of each of its commands.
//
//   node scripts/lib/man-page.mjs CLI SECONDS
//
// CLI is dist/cli.js, SECONDS the date that the page bears, since 1970.
import { execFileSync } from 'node:child_process';

const [cli, seconds] = process.argv.slice(2);
const run = (...args) => execFileSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
const day = new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
const general = run('--help');
const [, commands = ''] = /^Commands:\n((?: .*\n)+)/m.exec(general) ?? [];
const names = [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);

console.log(`.TH FAULTSCOPE 1 ${day} "faultscope ${run('--version').trim()}"
.SH NAME
faultscope \\- shows which threads of a process are stuck in major page faults
.SH DESCRIPTION
${verbatim(general)}`);
for (const name of names) console.log(`.SH "FAULTSCOPE ${name.toUpperCase()}"\n${verbatim(run(name, '--help'))}`);
console.log('.SH SEE ALSO\nThe folder docs that came with it; on Debian /usr/share/doc/faultscope/docs.');

/** Lines as they are. A backslash, a hyphen, or a dot or quote at the begin of a line mean something to roff. */
function verbatim(text) {
  const escaped = text
    .trimEnd()
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
  return `.nf\n${escaped}\n.fi`;
}
