import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import * as openid from 'openid-client';
import {
  approve,
  compileExample,
  register,
  startExample,
  type AuthorizationServer,
} from './support/authorization-server.js';
import { closing } from './support/closing.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { rawRequest, request } from './support/http.js';
import { use } from './support/use.js';

const MCP_REMOTE = fileURLToPath(new URL('../node_modules/mcp-remote/dist/proxy.js', import.meta.url));
const PLACE = '/.well-known/oauth-protected-resource';

/** A message of the Model Context Protocol (JSON-RPC 2.0). */
interface Message {
  id?: number;
  method: string;
  params?: { protocolVersion?: string };
}

/** Answers messages as a server that has one tool. */
function resultOf({ method, params }: Message): object {
  if (method === 'tools/list') return { tools: [{ name: 'orders', inputSchema: { type: 'object' } }] };
  const about = { capabilities: { tools: {} }, serverInfo: { name: 'orders', version: '1' } };
  return { protocolVersion: params?.protocolVersion, ...about };
}

/** A server of the Model Context Protocol, which answers whoever has a token for it of the authorization server. */
async function startMcpServer() {
  const trusted: { issuer: string; audienceOf: (token: string) => Promise<unknown> } = {
    issuer: '',
    audienceOf: () => Promise.resolve(undefined),
  };
  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(asked);
    const json = (value: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
    if (asked.url?.startsWith(PLACE) === true)
      return void json({ resource: url, authorization_servers: [trusted.issuer], scopes_supported: ['read'] });
    const [, token] = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '') ?? [];
    if (token === undefined || (await trusted.audienceOf(token)) !== url) {
      const challenge = `Bearer resource_metadata="${new URL(`${PLACE}/mcp`, url).href}"`;
      return void response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
    }
    if (asked.method !== 'POST') return void response.writeHead(405).end();
    const message = JSON.parse(body) as Message;
    if (message.id === undefined) return void response.writeHead(202).end();
    json({ jsonrpc: '2.0', id: message.id, result: resultOf(message) });
  };
  const server = createServer((asked, response) => void answer(asked, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return closing({ url, trusted, close });
}

/** Starts `mcp-remote` for a server. Its browser opens nothing. */
function startMcpRemote(url: string, folder: string) {
  const env = { PATH: process.env['PATH'], HOME: folder, MCP_REMOTE_CONFIG_DIR: folder, BROWSER: 'true' };
  const child = spawn(process.execPath, [MCP_REMOTE, url], { cwd: folder, env });
  const said = { output: '', log: '' };
  child.stdout.on('data', (chunk) => (said.output += String(chunk)));
  child.stderr.on('data', (chunk) => (said.log += String(chunk)));
  const exited = once(child, 'exit');
  const close = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const send = (message: Message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  return closing({ said, send, close });
}

/** What the server of the Model Context Protocol asks the authorization server about a token: whom it is for. */
async function introspection(server: AuthorizationServer): Promise<(token: string) => Promise<unknown>> {
  const { as, secret } = await register(server, { grant_types: ['client_credentials'], response_types: [] });
  const config = await as(openid.ClientSecretBasic(secret));
  return async (token) => (await openid.tokenIntrospection(config, token)).aud;
}

describe('mcp-remote', () => {
  const here = use(async (keep) => {
    const example = await keep(compileExample());
    const mcp = await keep(startMcpServer());
    const database = await keep(SQLITE.open());
    const environment = { DATABASE_URL: database.url, RESOURCES: mcp.url };
    const server = await keep(startExample(example, environment));
    Object.assign(mcp.trusted, { issuer: server.issuer, audienceOf: await introspection(server) });
    return { folder: example.folder, mcp, server };
  });

  it('finds where to register, registers, has a person consent, and is served with its token', async () => {
    const { mcp, server, folder } = here;
    await using remote = startMcpRemote(mcp.url, folder);
    const asked = () => /^http\S+\/auth\?\S+$/m.exec(remote.said.log)?.[0];
    await eventually(() => asked() !== undefined);
    const { url: callback } = await approve(server, new URL(String(asked())));
    expect((await rawRequest(callback.href, {})).text).toContain('Authorization successful');
    remote.send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } });
    remote.send({ method: 'notifications/initialized' });
    remote.send({ id: 2, method: 'tools/list' });
    await eventually(() => remote.said.output.includes('"orders","inputSchema"'));
    const { body } = await request(`${server.admin}/admin/clients?registered_via=registration`);
    expect(body).toMatchObject([
      {
        client_name: 'MCP CLI Proxy',
        redirect_uris: [expect.stringMatching(/^http:\/\/localhost:\d+\/oauth\/callback$/)],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        audience: [mcp.url],
      },
    ]);
    const [{ client_id: id }] = body as unknown as [{ client_id: string }];
    const activity = await request(`${server.admin}/admin/clients/${id}/activity`);
    expect(activity.body).toMatchObject({ last_used_at: expect.any(String) });
  });
});
