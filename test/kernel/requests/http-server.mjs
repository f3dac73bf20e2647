/** Node's own HTTP server: /N is answered after N milliseconds. Prints what the tests' workloads print. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  setTimeout(() => response.end('x'.repeat(100_000)), Number(request.url.slice(1)));
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ event: 'ready', pid: process.pid, port: server.address().port }));
});
