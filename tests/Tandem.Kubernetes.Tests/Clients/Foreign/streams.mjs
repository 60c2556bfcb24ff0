// Drives the streams of pod "box" with Kubernetes' own JavaScript client, and prints what it saw as JSON.
import * as http from 'node:http';
import * as net from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Attach, Exec, KubeConfig, Log, PortForward } from '@kubernetes/client-node';

const config = new KubeConfig();
config.loadFromFile(process.env.KUBECONFIG);
const seen = {};

{
  const stdout = new PassThrough(), stderr = new PassThrough(), stdin = new PassThrough();
  const status = new Promise((resolve, reject) => new Exec(config)
    .exec('default', 'box', 'c', ['sh', '-c', 'cat; echo oops >&2; exit 3'], stdout, stderr, stdin, false, resolve).then((socket) => {
      seen.execProtocol = socket.protocol;
      socket.on('close', () => { stdout.end(); stderr.end(); });
    }, reject));
  const both = Promise.all([text(stdout), text(stderr)]);
  stdin.end('hello\n');
  seen.execCode = (await status).details.causes[0].message;
  [seen.execOut, seen.execErr] = await both;
}

{
  const stdout = new PassThrough(), stdin = new PassThrough();
  const socket = await new Attach(config).attach('default', 'talks', 'c', stdout, null, stdin, false);
  stdin.write('word\n');
  for await (const piece of stdout) {
    seen.attachOut = (seen.attachOut ?? '') + piece;
    if (seen.attachOut.endsWith('\n'))
      break;
  }
  socket.close();
}

{
  const lines = new PassThrough();
  const abort = await new Log(config).log('default', 'talks', 'c', lines, { follow: true });
  for await (const piece of lines) {
    seen.log = (seen.log ?? '') + piece;
    if (seen.log.endsWith('\n'))
      break;
  }
  abort.abort();
}

{
  const forward = new PortForward(config);
  const server = net.createServer((socket) => forward.portForward('default', 'box', [Number(process.env.PORT)], socket, null, socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  seen.forwarded = await new Promise((resolve, reject) => http.get(
    { host: '127.0.0.1', port: server.address().port, path: '/', agent: false }, (answer) => text(answer).then(resolve, reject)).on('error', reject));
}

process.stdout.write(JSON.stringify(seen), () => process.exit(0));
