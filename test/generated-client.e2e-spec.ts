import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { useService } from './support/use.js';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** A program on the generated types: it tells what it saw, and ends with an error where the registry surprises it. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { components, paths } from './registry.js';

const registry = createClient<paths>({ baseUrl: process.argv[2] ?? '' });
const wanted: components['schemas']['oAuth2Client'] = {
  client_id: 'orders/web',
  client_name: 'Orders web',
  grant_types: ['client_credentials'],
  client_credentials_grant_access_token_lifespan: '90m',
  metadata: ['any', 'JSON', null],
};
const params = { path: { id: 'orders/web' } };
const created = await registry.POST('/admin/clients', { body: wanted });
const taken = await registry.POST('/admin/clients', { body: wanted });
const read = await registry.GET('/admin/clients/{id}', { params });
const found = await registry.GET('/admin/clients', {
  params: { query: { client_id: ['orders/web', 'nobody'], page_size: 5, sort: '-created_at', include_total: true } },
});
const secrets = await registry.GET('/admin/clients/{id}/secrets', { params });
const renamed = await registry.PATCH('/admin/clients/{id}', {
  params,
  headers: { 'content-type': 'application/json-patch+json' },
  body: [
    { op: 'replace', path: '/client_name', value: 'Orders' },
    { op: 'add', path: '/contacts/-', value: 'ops@example.com' },
    { op: 'replace', path: '/skip_consent', value: true },
  ],
});
if (!renamed.data) throw new Error('The client was not renamed.');
const back = await registry.PUT('/admin/clients/{id}', { params, body: renamed.data });
const removed = await registry.DELETE('/admin/clients/{id}', { params });
const gone = await registry.GET('/admin/clients/{id}', { params });

const secret: string | undefined = created.data?.client_secret;
const lifespan: string | null | undefined = read.data?.client_credentials_grant_access_token_lifespan;
// These members need no check: an answer about a client always has them.
const { client_name: name, contacts, created_at: born, jwks, metadata } = renamed.data;
const certain: [string, string[], string] = [name, contacts, born];
const keyType: string | undefined = jwks.keys?.[0]?.kty;
const names: (string | undefined)[] | undefined = found.data?.map(({ client_name }) => client_name);
const last: string | null | undefined = secrets.data?.[0]?.last_used_at;
const why: string | undefined = taken.error?.error;
console.log(
  JSON.stringify({
    statuses: [created, taken, read, found, secrets, renamed, back, removed, gone].map(({ response }) => response.status),
    total: found.response.headers.get('x-total-count'),
    hasSecret: secret !== undefined,
    readSecret: read.data?.client_secret ?? null,
    lifespan, names, last, why, metadata,
    renamed: certain.slice(0, 2), keyType: keyType ?? null,
    sentence: gone.error?.error_description,
  }),
);
`;

/** Uses that the types must refuse, one to a line. */
const MISUSES = `
import createClient from 'openapi-fetch';
import type { components, paths } from './registry.js';

const registry = createClient<paths>();
// @ts-expect-error a number is no name
void registry.POST('/admin/clients', { body: { client_name: 5 } });
// @ts-expect-error no such method of authentication
void registry.POST('/admin/clients', { body: { token_endpoint_auth_method: 'password' } });
// @ts-expect-error no such path
void registry.GET('/admin/clientele');
// @ts-expect-error the id is missing
void registry.GET('/admin/clients/{id}');
// @ts-expect-error no such order
void registry.GET('/admin/clients', { params: { query: { sort: 'owner' } } });
// @ts-expect-error no such operation of a patch
export const swap: components['schemas']['jsonPatch'] = { op: 'swap', path: '/owner' };
// @ts-expect-error a number is wanted
void registry.GET('/admin/clients', { params: { query: { page_size: 'many' } } });
`;

const COMPILER = {
  compilerOptions: {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: ['node'],
    skipLibCheck: true,
    noUncheckedIndexedAccess: true,
  },
  files: ['program.ts', 'misuses.ts'],
};

/** Runs a program of `node_modules` and tells what it printed; its faults end the test. */
async function node(cwd: string, script: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, script), ...args], { cwd }).catch((error: unknown) => {
    throw new Error(`${script} failed: ${(error as { stdout: string; stderr: string }).stdout}${String(error)}`);
  });
  return stdout;
}

describe('types that openapi-typescript makes of openapi.json', () => {
  const folder = mkdtempSync(join(tmpdir(), 'registry-types-'));
  const service = useService(startStandalone, SQLITE.open);
  beforeAll(() => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    const files = { 'package.json': { type: 'module' }, 'tsconfig.json': COMPILER };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    writeFileSync(join(folder, 'misuses.ts'), MISUSES);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('carry a strictly typed client, without a cast, that creates, finds, renames and removes a client', async () => {
    const document = join(root, 'openapi.json');
    // A member with a default may be left out of a body, too.
    const options = ['-o', 'registry.d.ts', '--default-non-nullable=false'];
    await node(folder, 'node_modules/openapi-typescript/bin/cli.js', document, ...options);
    await node(folder, 'node_modules/typescript/bin/tsc', '-p', folder);
    const { stdout } = await run(process.execPath, [join(folder, 'program.js'), service.url]);
    expect(JSON.parse(stdout)).toEqual({
      statuses: [201, 409, 200, 200, 200, 200, 200, 204, 404],
      total: '1',
      hasSecret: true,
      readSecret: null,
      lifespan: '90m',
      names: ['Orders web'],
      last: null,
      why: 'conflict',
      metadata: ['any', 'JSON', null],
      renamed: ['Orders', ['ops@example.com']],
      keyType: null,
      sentence: 'There is no client with this client_id.',
    });
  });
});
