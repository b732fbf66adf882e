import { beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { useService } from './support/use.js';

interface Documented {
  content?: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>;
}

/** An operation as the document has it. */
interface Operation {
  method: string;
  path: string;
  takesBody: boolean;
  operationId: string;
  parameters?: { name: string }[];
  responses: Record<string, Documented>;
}

interface Request {
  path?: string;
  query?: string;
  body?: string;
  headers?: Record<string, string>;
}

const BAD_MEMBERS =
  '{"redirect_uris":["https://app.example.com/callback#top"],"token_endpoint_auth_method":"client_secret_jwt"}';
const NO_JSON: Request = { body: '{"client_name"' };
const BAD_PATH: Request = { path: '/admin/clients/%zz' };
const BAD_IF_MATCH: Request = { headers: { 'if-match': '1' } };
const OF_PUBLIC: Request = { path: '/admin/clients/public' };

/** Requests that are refused for what is in them, or for how the client stands; one for each documented body. */
const REFUSED: [operationId: string, status: number, requests: Request[]][] = [
  ['createOAuth2Client', 400, [{ body: BAD_MEMBERS }, NO_JSON]],
  ['createOAuth2Client', 409, [{ body: '{"client_id":"orders-web"}' }]],
  ['listOAuth2Clients', 400, [{ query: '?created_after=yesterday' }, { query: '?colour=blue' }]],
  ['getOAuth2Client', 400, [BAD_PATH]],
  [
    'patchOAuth2Client',
    400,
    [
      { body: '[{"op":"replace","path":"/nickname","value":"Orders"}]' },
      { body: BAD_MEMBERS, headers: { 'content-type': 'application/merge-patch+json' } },
      NO_JSON,
      BAD_IF_MATCH,
    ],
  ],
  ['setOAuth2Client', 400, [{ body: BAD_MEMBERS }, NO_JSON, BAD_IF_MATCH]],
  ['deleteOAuth2Client', 400, [BAD_IF_MATCH]],
  [
    'setOAuth2ClientLifespans',
    400,
    [{ body: '{"client_credentials_grant_access_token_lifespan":"5 minutes"}' }, NO_JSON, BAD_IF_MATCH],
  ],
  ['listOAuth2ClientSecrets', 400, [BAD_PATH]],
  ['addOAuth2ClientSecret', 400, [{ body: '{"expires_at":1}' }, OF_PUBLIC, NO_JSON, BAD_IF_MATCH]],
  ['rotateOAuth2ClientSecret', 400, [{ body: '{"grace":"1 day"}' }, OF_PUBLIC, NO_JSON, BAD_IF_MATCH]],
  ['deleteRotatedOAuth2ClientSecrets', 400, [OF_PUBLIC, BAD_IF_MATCH]],
  ['deleteRotatedOAuth2ClientSecrets', 409, [{ path: '/admin/clients/ended' }]],
  ['deleteOAuth2ClientSecret', 400, [BAD_IF_MATCH]],
  ['deleteOAuth2ClientSecret', 409, [{}]],
];

describe('every error answer that the OpenAPI document shows', () => {
  const service = useService(startStandalone, SQLITE.open);
  let operations: Operation[];
  /** Statuses that a test has asked for, by operation. */
  const asked = new Set<string>();

  async function send(operation: Operation, { path, query = '', body, headers }: Request): Promise<[number, unknown]> {
    const place = operation.path.replace('{secretId}', 'oldest');
    const url = service.url + (path ? place.replace('/admin/clients/{id}', path) : place.replace('{id}', 'orders-web'));
    const answer = await fetch(url + query, {
      method: operation.method,
      headers,
      body: operation.takesBody ? (body ?? '{}') : undefined,
    });
    return [answer.status, await answer.json()];
  }

  function documented({ operationId, responses }: Operation, status: number): unknown[] {
    asked.add(`${operationId} ${status}`);
    const { example, examples } = responses[status]?.content?.['application/json'] ?? {};
    return examples ? Object.values(examples).map(({ value }) => value) : [example];
  }

  /** The answers to all requests are the documented bodies, and there are no others. */
  async function expectDocumented(operation: Operation, status: number, requests: Request[]): Promise<void> {
    const answers: unknown[] = [];
    for (const request of requests) answers.push(await send(operation, request));
    const expected = documented(operation, status).map((body) => [status, body]);
    expect([operation.operationId, answers]).toEqual([operation.operationId, expected]);
  }

  beforeAll(async () => {
    const { paths } = (await (await fetch(`${service.url}/openapi.json`)).json()) as OpenAPIObject;
    operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, Omit<Operation, 'method' | 'path'> & { requestBody?: unknown }>).map(
        ([method, { requestBody, ...operation }]) => ({
          ...operation,
          method: method.toUpperCase(),
          path,
          takesBody: requestBody !== undefined,
        }),
      ),
    );
    const clients = `${service.url}/admin/clients`;
    for (const members of [
      { client_id: 'orders-web' },
      { client_id: 'public', token_endpoint_auth_method: 'none' },
      { client_id: 'ended' },
    ])
      await fetch(clients, { method: 'POST', body: JSON.stringify(members) });
    await fetch(`${clients}/ended/secrets`, { method: 'POST' });
    // As time would do it.
    await service.dataSource.query(
      `UPDATE oauth2_client_secret SET expires_at = 1 WHERE client_id = 'ended' AND client_version = 2`,
    );
  });

  const registry = () => operations.filter(({ path }) => !path.startsWith('/health/'));

  it.each(REFUSED)('%s, %i, is the real one', async (operationId, status, requests) => {
    const operation = operations.find((one) => one.operationId === operationId) as Operation;
    await expectDocumented(operation, status, requests);
  });

  it('403, to a foreign web page, is the real one for all operations but the probes', async () => {
    for (const operation of registry())
      await expectDocumented(operation, 403, [{ headers: { origin: 'https://evil.example' } }]);
  });

  it('404 is the real one for all operations on a client', async () => {
    const all = registry().filter(({ path }) => path.includes('{id}'));
    expect(all).toHaveLength(10);
    for (const operation of all) {
      const nobody = { path: '/admin/clients/nobody' };
      await expectDocumented(operation, 404, operation.path.includes('{secretId}') ? [nobody, OF_PUBLIC] : [nobody]);
    }
  });

  it('412 is the real one for all operations that take If-Match', async () => {
    const all = registry().filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'If-Match'));
    expect(all).toHaveLength(8);
    for (const operation of all) await expectDocumented(operation, 412, [{ headers: { 'if-match': '"gone"' } }]);
  });

  it('413 is the real one for all operations with a body', async () => {
    const all = operations.filter(({ takesBody }) => takesBody);
    expect(all).toHaveLength(6);
    const body = `{"padding":"${'p'.repeat(1024 * 1024)}"}`;
    for (const operation of all) await expectDocumented(operation, 413, [{ body }]);
  });

  it('500 is the real one for all operations, when a table is gone', async () => {
    await service.dataSource.query('ALTER TABLE oauth2_client RENAME TO mislaid');
    for (const operation of registry()) await expectDocumented(operation, 500, [{}]);
  });

  it('503 is the real one, when the database is gone', async () => {
    await service.dataSource.destroy();
    const operation = operations.find(({ operationId }) => operationId === 'isReady') as Operation;
    await expectDocumented(operation, 503, [{}]);
    await service.dataSource.initialize();
  });

  it('was asked for', () => {
    const all = operations.flatMap(({ operationId, responses }) =>
      Object.keys(responses)
        .filter((status) => Number(status) >= 400)
        .map((status) => `${operationId} ${status}`),
    );
    expect([...asked].toSorted()).toEqual(all.toSorted());
  });
});
