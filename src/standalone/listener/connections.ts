import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** How long idle connections stay open for one more request when the server ends, in milliseconds: a busy caller sends it immediately. */
const LAST_CALL = 500;

/** The open connections of a server, each with the response to its latest request. */
export class Connections {
  private readonly latest = new Map<Socket, ServerResponse | undefined>();
  /** Connections that close after the response to their latest request. */
  private readonly ending = new WeakSet<Socket>();
  private isEnding = false;
  /** Number of connections opened so far. */
  private opened = 0;

  /** @param server a server that has no connections yet */
  constructor(private readonly server: Server) {
    const note = (socket: Socket): void => {
      this.opened++;
      this.latest.set(socket, undefined);
      socket.once('close', () => this.latest.delete(socket));
    };
    // With TLS, requests arrive on the socket of `secureConnection`, which wraps the one of `connection`.
    server.on('connection', note).on('secureConnection', note);
  }

  /** Returns the response that a connection still has to send, the last one if there are several. */
  pending(socket: Socket): ServerResponse | undefined {
    const response = this.latest.get(socket);
    return response?.writableEnded ? undefined : response;
  }

  /**
   * Notes a request.
   *
   * @returns whether to answer it; false after a response that said `Connection: close` (RFC 9112 §9.6)
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
   * @param timeout milliseconds after which connections with unfinished requests or responses are cut
   */
  async end(timeout: number): Promise<void> {
    const closed = once(this.server, 'close');
    const deadline = setTimeout(() => {
      // Node does not count a connection whose TLS handshake has not ended.
      for (const socket of this.latest.keys()) socket.destroy();
    }, timeout);
    await this.acceptWaiting();
    this.isEnding = true;
    // Stops listening, as `server.close()` does, which would also close connections on which a request is just arriving.
    NetServer.prototype.close.call(this.server);
    for (const socket of this.latest.keys()) {
      const response = this.pending(socket);
      if (response) this.endAfter(socket, response);
    }
    await Promise.race([closed, sleep(Math.min(LAST_CALL, timeout))]);
    this.server.closeIdleConnections();
    // Node does not count a connection as idle before its first request; browsers open such connections in advance.
    for (const socket of this.latest.keys()) if (socket.bytesRead === 0) socket.destroy();
    await closed;
    clearTimeout(deadline);
  }

  /**
   * Ends the connections whose callers have presented a certificate, each after the response that it still has to send, and those in a TLS
   * handshake, in which a caller may be presenting one.
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

  /** Accepts the connections that still wait for it: closing the server would reset them. Node accepts one a turn of the event loop. */
  private async acceptWaiting(): Promise<void> {
    const end = Date.now() + LAST_CALL;
    let before: number;
    do {
      before = this.opened;
      // The first wait ends with the current turn, the second after the next poll of the sockets.
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

/** Returns the remote end of a connection: the same for a TLS socket and for the socket that it wraps. */
function callerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
