import type { Server } from 'node:net';
import { Logger } from '@nestjs/common';

/** Connections that are dropped within this time of another, in milliseconds, are one burst. */
const PAUSE = 60_000;

/**
 * Watches for connections that a server drops because `ADMIN_MAX_CONNECTIONS` others are open. Each burst is logged once, when it begins.
 *
 * @param dropped is called for each dropped connection
 */
export function noteDropped(server: Server, dropped: () => void): void {
  const logger = new Logger('Listener');
  let last = -Infinity;
  server.on('drop', () => {
    const now = performance.now();
    if (now - last > PAUSE)
      logger.warn(
        `Connections are closed at once: as many as ADMIN_MAX_CONNECTIONS (${server.maxConnections}) are open. oauth2_registry_connections_dropped_total counts them.`,
      );
    last = now;
    dropped();
  });
}
