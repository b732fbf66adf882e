import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The open connections of a server, each with the response to its latest request. */
export class Connections {
  private readonly latest = new Map<Socket, ServerResponse>();

  /** @param server a server that has no connections yet */
  constructor(server: Server) {
    server.on('connection', (socket) => socket.once('close', () => this.latest.delete(socket)));
    server.prependListener('request', ({ socket }, response) => this.latest.set(socket, response));
  }

  /** The response that a connection still has to send, the last one if there are several. */
  pending(socket: Socket): ServerResponse | undefined {
    const response = this.latest.get(socket);
    return response?.writableEnded ? undefined : response;
  }
}
