import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as openid from 'openid-client';
import { link } from '../../examples/prepare.mjs';
import { Browser, type Page } from './browser.js';
import { closing } from './closing.js';
import { postClient } from './http.js';

/** The compiled example. */
export interface Example extends AsyncDisposable {
  folder: string;
  close: () => Promise<void>;
}

/** The example, which runs. */
export interface AuthorizationServer extends AsyncDisposable {
  /** Its issuer identifier: its URL unless it was told another one. */
  issuer: string;
  url: string;
  /** Where the registry's routes begin. */
  admin: string;
  output: () => string;
  close: () => Promise<void>;
}

/** Compiles the example. */
export async function compileExample(): Promise<Example> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-example-'));
  const close = async () => rmSync(folder, { recursive: true, force: true });
  await link('authorization-server', folder);
  return closing({ folder, close });
}

/** Starts the example in a process of its own. */
export async function startExample(
  { folder }: Example,
  environment: Record<string, string>,
): Promise<AuthorizationServer> {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: folder, env });
  const exited = once(child, 'close');
  let output = '';
  const place = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(output)?.[1];
  await new Promise<void>((resolve, reject) => {
    void exited.then(() => reject(new Error(`The example did not start: ${output}`)));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (place('Clients') !== undefined) resolve();
      });
  });
  const close = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  const [issuer = '', url = '', clients = ''] = ['Issuer', 'Listening', 'Clients'].map(place);
  return closing({ issuer, url, admin: clients.replace('/admin/clients', ''), output: () => output, close });
}

/** A client of `openid-client`, and what the registry says of it. */
export interface RegisteredClient {
  id: string;
  secret: string;
  /** Asks the server as this client, by the method that is given. */
  as: (method: openid.ClientAuth) => Promise<openid.Configuration>;
}

/** Registers a client with the example. */
export async function register(server: AuthorizationServer, members: object): Promise<RegisteredClient> {
  const { status, body } = await postClient(server.admin, members);
  if (status !== 201) throw new Error(JSON.stringify(body));
  const id = String(body['client_id']);
  const issuer = new URL(server.issuer);
  const options = { execute: [openid.allowInsecureRequests] };
  return {
    id,
    secret: String(body['client_secret']),
    as: (method) => openid.discovery(issuer, id, undefined, method, options),
  };
}

/** Answers all pages to which a browser is sent that opens `url`, as a person does who logs in and consents. */
export async function approve({ issuer }: AuthorizationServer, url: URL): Promise<Page> {
  const browser = new Browser(issuer);
  let page = await browser.open(url);
  for (let turn = 0; turn < 6 && page.html.includes('<form'); turn += 1)
    page = await browser.submit(page, { login: 'carla', password: 'x' });
  return page;
}
