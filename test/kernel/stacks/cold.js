// Touches pages of a cold mapping (coldalloc.c) in compiled JavaScript: 400 major faults under serveRequest().
const bytes = new Uint8Array(64 << 20);

function touchRow(at) {
  return bytes[at];
}

function serveRequest(at) {
  let sum = 0;
  for (let row = 0; row < 4; row += 1) sum += touchRow(at + row * 4096);
  return sum;
}

// Until it is compiled.
for (let round = 0; round < 200_000; round += 1) serveRequest(0);
console.log(JSON.stringify({ event: 'ready', pid: process.pid }));
process.stdin.once('data', () => {
  const before = process.resourceUsage().majorPageFault;
  for (let round = 1; round <= 100; round += 1) serveRequest(round * 16 * 4096);
  const majflt = process.resourceUsage().majorPageFault - before;
  console.log(JSON.stringify({ event: 'result', majflt }));
  process.stdin.resume();
});
