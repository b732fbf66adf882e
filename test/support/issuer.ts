import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { closing } from './closing.js';

/** An answer of an issuer: what it says, as JSON unless it is text, or `hang` for none. */
type Page = { status?: number; headers?: Record<string, string>; body?: unknown } | 'hang';

/** A server that publishes what a test lets it publish. */
export interface Issuer extends AsyncDisposable {
  url: string;
  /** By path. */
  pages: Record<string, Page>;
  /** Paths that were asked for, in their order. */
  asked: string[];
  close: () => Promise<void>;
}

/** Starts one on a port, by default a free one; at first it publishes nothing. */
export async function startIssuer(port = 0): Promise<Issuer> {
  const pages: Record<string, Page> = {};
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const page = pages[url] ?? { status: 404 };
    if (page === 'hang') return;
    const { status = 200, headers = {}, body = '' } = page;
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return closing({ url, pages, asked, close });
}
