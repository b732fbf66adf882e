import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../config/config.js';

/** Where a server listens. */
export interface Place {
  port: number;
  host: string;
  /** Name of the setting for the port. */
  setting: string;
}

/**
 * Starts to listen.
 *
 * @returns its URL
 * @throws ConfigError when the server cannot listen there
 */
export async function openServer(server: Server, { port, host, setting }: Place): Promise<string> {
  const listening = once(server, 'listening');
  server.listen(port, host);
  await listening.catch(({ message }: Error) => {
    throw new ConfigError(`${setting} cannot be used: ${message}.`);
  });
  return urlOf(server.address() as AddressInfo, server instanceof SecureServer);
}

/** Returns the URL of a server that listens at an address. */
export function urlOf({ address, port, family }: AddressInfo, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
