import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryDatabase } from '../support/service.mjs';
import { rehearse } from './rehearse.mjs';

/** How often a slow caller sends the next byte, in milliseconds. */
const PACE = 200;

/** How many files a process needs beside connections. */
const OTHER_FILES = 500;

/** As many connections as are wished for, or as one process may have. */
function allowed(wished) {
  const [, most] = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Math.min(wished, Number(most ?? wished + OTHER_FILES) - OTHER_FILES);
}

/** Opens connections to a service; none of them may end the process. */
async function connections(url, number, onEach = () => undefined) {
  const { port } = new URL(url);
  const sockets = [];
  // No more at a time than the system lets wait to be accepted.
  for (let at = 0; at < number; at += 100) {
    const some = Array.from({ length: Math.min(100, number - at) }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      return socket;
    });
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    for (const socket of some) onEach(socket);
    sockets.push(...some);
  }
  return sockets;
}

/** Sends the head of a request byte by byte, and never ends it. */
function slowly(socket) {
  socket.write('GET /admin/clients HTTP/1.1\r\nHost: 127.0.0.1\r\n');
  const timer = setInterval(() => socket.write('X'), PACE);
  socket.on('close', () => clearInterval(timer));
}

function closed(sockets) {
  return sockets.filter(({ destroyed }) => destroyed).length;
}

/** Connections whose heads never end are cut after `ADMIN_HEADERS_TIMEOUT`. */
function slow(number) {
  const environment = { ADMIN_KEEP_ALIVE_TIMEOUT: '1000', ADMIN_HEADERS_TIMEOUT: '2000' };
  const happen = async (stage) => {
    const sockets = await connections(stage.service.url, number, slowly);
    const end = performance.now() + 30_000;
    while (closed(sockets) < number && performance.now() < end) await sleep(100);
    if (closed(sockets) < number) stage.wrong.push(`${number - closed(sockets)} slow connections were never cut`);
    for (const socket of sockets) socket.destroy();
  };
  return rehearse(temporaryDatabase(), happen, { environment });
}

function idle(number, lasts) {
  const happen = async (stage) => {
    const sockets = await connections(stage.service.url, number);
    await sleep(lasts);
    for (const socket of sockets) socket.destroy();
  };
  return rehearse(temporaryDatabase(), happen, { environment: { ADMIN_MAX_CONNECTIONS: String(number * 2) } });
}

/** Nobody reads what the service writes, though it writes a line for each request. */
function deafPipe(lasts) {
  const happen = async ({ service }) => {
    service.child.stdout.pause();
    await sleep(lasts);
    service.child.stdout.resume();
  };
  return rehearse(temporaryDatabase(), happen, { environment: { LOG_LEVEL: 'info' } });
}

/** What connections, and who reads the log, may do to a service. */
export function socketFaults({ long }) {
  const lasts = long ? 60_000 : 3000;
  const [few, many] = [allowed(2000), allowed(10_000)];
  return {
    [`${few} slow connections`]: () => slow(few),
    [`${many} idle connections for ${lasts} ms`]: () => idle(many, lasts),
    [`log that nobody reads for ${lasts} ms`]: () => deafPipe(lasts),
  };
}
