// An origin in a process of its own: says what it was sent, reads uploads, and names itself over WebSockets.
//   node origin.mjs NAME ADDRESS [CERTIFICATE KEY]      prints its port
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const [name, address, certificate, key] = process.argv.slice(2);

const answer = (request, response) => {
  let received = 0;
  request.on('data', chunk => { received += chunk.length; });
  request.on('end', () => {
    response.setHeader('X-Origin', name);
    const body = JSON.stringify({ name, method: request.method, url: request.url, received, headers: request.headers });

    // Held for a while, so that many at once need a connection each.
    if (request.url === '/slow') setTimeout(() => response.end(body), 400);
    else response.end(body);
  });
};
const server = certificate ? createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer) : createServer(answer);

server.on('upgrade', (request, socket) => {
  // RFC 6455, 1.3 and 5.2: the handshake, and text frames shorter than 126 bytes.
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const say = () => socket.write(Buffer.concat([Buffer.from([0x81, name.length]), Buffer.from(name)]));
  socket.on('data', say);
  socket.on('error', () => {});
});

server.keepAliveTimeout = 60_000;
server.listen(0, address, () => console.log(server.address().port));
