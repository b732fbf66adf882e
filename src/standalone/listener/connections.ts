import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** How long connections wait for one more request, in milliseconds, when the server ends: a busy caller sends it at once. */
const LAST_CALL = 500;

/** The open connections of a server, each with the response to its latest request. */
export class Connections {
  private readonly latest = new Map<Socket, ServerResponse | undefined>();
  /** Connections that close after the response to their latest request. */
  private readonly ending = new WeakSet<Socket>();
  private isEnding = false;
  /** How many connections there have been. */
  private opened = 0;

  /** @param server a server that has no connections yet */
  constructor(private readonly server: Server) {
    const note = (socket: Socket): void => {
      this.opened++;
      this.latest.set(socket, undefined);
      socket.once('close', () => this.latest.delete(socket));
    };
    // With TLS, requests come by the second one, which is made of the first.
    server.on('connection', note).on('secureConnection', note);
  }

  /** The response that a connection still has to send, the last one if there are several. */
  pending(socket: Socket): ServerResponse | undefined {
    const response = this.latest.get(socket);
    return response?.writableEnded ? undefined : response;
  }

  /**
   * Notes a request.
   *
   * @returns whether to answer it; not after a response that said `Connection: close` (RFC 9112 §9.6)
   */
  accepts({ socket }: IncomingMessage, response: ServerResponse): boolean {
    if (this.ending.has(socket)) return false;
    this.latest.set(socket, response);
    if (this.isEnding) this.endAfter(socket, response);
    return true;
  }

  /**
   * Closes the server. Every accepted request gets its response; the last one on each connection says `Connection: close`.
   * Idle connections close soon.
   *
   * @param timeout after how many milliseconds connections are cut whose requests or responses have not ended
   */
  async end(timeout: number): Promise<void> {
    const closed = once(this.server, 'close');
    const deadline = setTimeout(() => {
      // Node does not count a connection whose TLS has not begun.
      for (const socket of this.latest.keys()) socket.destroy();
    }, timeout);
    await this.acceptWaiting();
    this.isEnding = true;
    // As `server.close()`, which would also close connections on which a request is just arriving.
    NetServer.prototype.close.call(this.server);
    for (const socket of this.latest.keys()) {
      const response = this.pending(socket);
      if (response) this.endAfter(socket, response);
    }
    await Promise.race([closed, sleep(Math.min(LAST_CALL, timeout))]);
    this.server.closeIdleConnections();
    // Node does not count a connection as idle before its first request; browsers open such in advance.
    for (const socket of this.latest.keys()) if (socket.bytesRead === 0) socket.destroy();
    await closed;
    clearTimeout(deadline);
  }

  /**
   * Ends the connections whose callers have shown a certificate, each after the response that it still has to send, and those that may be
   * showing one now.
   */
  endCertified(): void {
    const sockets = [...this.latest.keys()];
    const secure = sockets.filter((socket) => socket instanceof TLSSocket);
    const callers = new Set(secure.map(callerOf));
    for (const socket of sockets)
      if (!(socket instanceof TLSSocket) && !callers.has(callerOf(socket))) socket.destroy();
    for (const socket of secure) {
      const response = this.pending(socket);
      if (socket.getPeerX509Certificate() === undefined) continue;
      if (response) this.endAfter(socket, response);
      else socket.destroy();
    }
  }

  /** Accepts the connections that wait for it, of which Node takes one a turn: closing the server would reset them. */
  private async acceptWaiting(): Promise<void> {
    const end = Date.now() + LAST_CALL;
    let before: number;
    do {
      before = this.opened;
      // The first ends the turn in which this runs, the second comes after the next look at the sockets.
      await nextTurn();
      await nextTurn();
    } while (this.opened > before && Date.now() < end);
  }

  /** Ends a connection after this response, which says so if its head has not been sent yet. */
  endAfter(socket: Socket, response: ServerResponse): void {
    this.ending.add(socket);
    if (response.headersSent) response.once('finish', () => socket.destroySoon());
    else response.setHeader('Connection', 'close');
  }
}

/** The other end of a connection: the same for the one of TLS, and for the one that it is made of. */
function callerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
