import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { MOST_KEYS } from '../src/keys/api-key-errors.js';
import { MOST_TOKENS } from '../src/registration/tokens/initial-access-token-errors.js';
import { INITIAL_TOKEN_PREFIX } from '../src/secrets/generated/secret-format.js';
import { OPEN, type RunningApp, startStandalone, listenerOf } from './support/app.js';
import { stopDate } from './support/clock.js';
import { POSTGRES, SQLITE, type TestDatabase } from './support/databases.js';
import { post, request } from './support/http.js';
import { leastBody } from './support/least-bodies.js';
import { as, HONEST } from './support/principals.js';
import { isPublic } from './support/public-path.js';
import { FOREIGN_PAGE, REFUSED_TO_CLIENTS, refusedClients, SELF, type Refused } from './support/refused-to-clients.js';
import { useService } from './support/use.js';

/** An operation as the document has it. */
interface Operation {
  method: string;
  path: string;
  takesBody: boolean;
  operationId: string;
  parameters?: { name: string; schema?: { example?: string } }[];
  responses: Record<
    string,
    { content?: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }> }
  >;
}

const BAD_MEMBERS =
  '{"redirect_uris":["https://app.example.com/callback#top"],"token_endpoint_auth_method":"client_secret_jwt"}';
const NO_JSON: Refused = { body: '{"client_name"' };
const BAD_PATH: Refused = { id: '%zz' };
const BAD_IF_MATCH: Refused = { headers: { 'if-match': '1' } };
const NOBODY: Refused = { id: 'nobody' };
const OF_PUBLIC: Refused = { id: 'public' };

const WEBHOOK = '{"url":"https://receiver.example.com/"}';
const BAD_WEBHOOK = '{"url":"http://receiver.example.com/","kinds":["client.renamed"]}';
const NO_JSON_URL: Refused = { body: '{"url"' };

/** A wrong secret of a source from which too many came. */
const GUESS = '{"form":{"client_id":"orders-web","client_secret":"wrong secret"},"source":"192.0.2.1"}';

/** Wrong credentials of an address from which too many came. */
const FROM_REFUSED: Refused = { headers: { authorization: 'Bearer wrong', 'x-forwarded-for': '192.0.2.2' } };
/** After so many of the same from one address. */
const REFUSALS = 100;

/** Requests that are refused for what is in them, or for how the client stands; one for each documented body. */
const REFUSED: [operationId: string, status: number, requests: Refused[]][] = [
  ['createOAuth2Client', 400, [{ body: BAD_MEMBERS }, NO_JSON]],
  ['createOAuth2Client', 409, [{ body: '{"client_id":"orders-web"}' }]],
  ['listOAuth2Clients', 400, [{ query: '?created_after=yesterday' }, { query: '?colour=blue' }]],
  ['getOAuth2Client', 400, [BAD_PATH, { query: '?as_of=yesterday' }]],
  ['getOAuth2Client', 404, [NOBODY, { query: '?as_of=99' }]],
  ['listOAuth2ClientHistory', 400, [BAD_PATH, { query: '?page_size=all' }]],
  ['getOAuth2ClientChange', 400, [BAD_PATH]],
  ['listOAuth2ClientChanges', 400, [{ query: '?kind=client.renamed' }, { query: '?after=yesterday' }]],
  ['getOAuth2ClientChange', 404, [NOBODY, { version: '99' }]],
  ['revertOAuth2Client', 400, [{ body: '{"version":0}' }, { id: 'was-wrong' }, NO_JSON, BAD_IF_MATCH]],
  ['revertOAuth2Client', 404, [NOBODY, { body: '{"version":99}' }]],
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
  ['getOAuth2ClientEffectiveLifespans', 400, [BAD_PATH]],
  ['getOAuth2ClientActivity', 400, [BAD_PATH]],
  [
    'reportOAuth2ClientActivity',
    400,
    [{ body: '{"uses":[{"client_id":"orders-web","used_at":"9999-12-31T00:00:00Z"}]}' }, NO_JSON],
  ],
  ['getOAuth2ClientKeySet', 400, [BAD_PATH]],
  ['listOAuth2ClientSecrets', 400, [BAD_PATH]],
  ['addOAuth2ClientSecret', 400, [{ body: '{"expires_at":1}' }, OF_PUBLIC, NO_JSON, BAD_IF_MATCH]],
  ['rotateOAuth2ClientSecret', 400, [{ body: '{"grace":"1 day"}' }, OF_PUBLIC, NO_JSON, BAD_IF_MATCH]],
  ['deleteRotatedOAuth2ClientSecrets', 400, [OF_PUBLIC, BAD_IF_MATCH]],
  ['deleteRotatedOAuth2ClientSecrets', 409, [{ id: 'ended' }]],
  ['deleteOAuth2ClientSecret', 400, [BAD_IF_MATCH]],
  ['replaceOAuth2ClientRegistrationToken', 400, [BAD_IF_MATCH]],
  ['endOAuth2ClientRegistrationToken', 400, [BAD_IF_MATCH]],
  ['suspendOAuth2Client', 400, [{ body: `{"reason":"${'x'.repeat(513)}"}` }, NO_JSON, BAD_IF_MATCH]],
  ['resumeOAuth2Client', 400, [BAD_IF_MATCH]],
  ['restoreOAuth2Client', 400, [BAD_PATH]],
  ['restoreOAuth2Client', 409, [{}]],
  ['listOAuth2ClientTombstones', 400, [{ query: '?name=orders' }]],
  ['deleteOAuth2ClientSecret', 409, [{}]],
  [
    'authenticateOAuth2Client',
    400,
    [
      { body: '{"authorization":"Basic YTpi","form":{"client_secret":"b"}}' },
      { body: '{"form":"client_id=a&client_id=b"}' },
      { body: '{"authorization":1}' },
      { body: '{"form"' },
    ],
  ],
  [
    'authenticateOAuth2Client',
    401,
    [
      { headers: { authorization: '' } },
      { headers: { authorization: 'Bearer wrong' } },
      { body: '{"form":"client_id=nobody"}' },
    ],
  ],
  ['authenticateOAuth2Client', 429, [FROM_REFUSED, { body: GUESS }]],
  ['createApiKey', 400, [{ body: '{"scopes":["clients:all"],"name":"ci"}' }, { body: '{"name"' }]],
  ['createApiKey', 409, [{}]],
  ['getApiKey', 400, [BAD_PATH]],
  ['revokeApiKey', 400, [BAD_PATH]],
  ['createInitialAccessToken', 400, [{ body: '{"policy":"no such policy","label":"x"}' }, { body: '{"label"' }]],
  ['createInitialAccessToken', 409, [{}]],
  ['getInitialAccessToken', 400, [BAD_PATH]],
  ['revokeInitialAccessToken', 400, [BAD_PATH]],
  ['listOAuth2Expiring', 400, [{ query: '?within=1+month' }]],
  ['createOAuth2ClientWebhook', 400, [{ body: BAD_WEBHOOK }, NO_JSON_URL]],
  ['createOAuth2ClientWebhook', 409, [{}]],
  ['getOAuth2ClientWebhook', 400, [BAD_PATH]],
  ['setOAuth2ClientWebhook', 400, [{ body: BAD_WEBHOOK }, NO_JSON_URL]],
  ['deleteOAuth2ClientWebhook', 400, [BAD_PATH]],
  ['listOAuth2ClientWebhookDeliveries', 400, [{ query: '?after=yesterday' }]],
  ['replayOAuth2ClientWebhook', 400, [{ body: '{}' }, { body: '{"position":2}' }, NO_JSON_URL]],
  ['rotateOAuth2ClientWebhookSecret', 400, [BAD_PATH]],
  ['rotateOAuth2ClientWebhookSecret', 409, [{}]],
];

const OF_TEAM_A = as({ owner: 'team-a' });
const EDITOR = as({ scopes: ['clients:write'] });
/** Who has a key that ends on 2100-01-01. */
const ENDING = as({ expiresAt: 4102444800 });
const FOREIGN_OWNER: Refused = { body: '{"owner":"team-b"}', headers: OF_TEAM_A };

const FOREIGN_WEBHOOK: Refused = { ...FOREIGN_OWNER, body: WEBHOOK.replace('}', ',"owner":"team-b"}') };

/** Requests that their principals may not send, beside those without any scope. */
const FORBIDDEN: Record<string, Refused[]> = {
  createOAuth2ClientWebhook: [FOREIGN_WEBHOOK],
  setOAuth2ClientWebhook: [{ ...FOREIGN_WEBHOOK, id: 'of-team-a' }],
  createOAuth2Client: [FOREIGN_OWNER],
  createApiKey: [
    { body: '{"name":"ci","scopes":["clients:delete"]}', headers: as({ scopes: ['keys:write'] }) },
    { body: '{"name":"ci","scopes":["keys:write"],"owner":"team-b"}', headers: OF_TEAM_A },
    { headers: ENDING },
  ],
  createInitialAccessToken: [{ body: '{"label":"partner","owner":"team-b"}', headers: OF_TEAM_A }, { headers: ENDING }],
  setOAuth2Client: [
    { ...FOREIGN_OWNER, id: 'of-team-a' },
    { body: '{"client_secret":"a new secret"}', headers: EDITOR },
  ],
  getOAuth2ClientChange: [{ query: '?tag=earlier', headers: as({ scopes: ['clients:read'] }) }],
  revertOAuth2Client: [{ id: 'was-public', headers: EDITOR }],
  replaceOAuth2ClientRegistrationToken: [{ headers: EDITOR }],
  patchOAuth2Client: [
    {
      id: 'of-team-a',
      body: '[{"op":"replace","path":"/owner","value":"team-b"}]',
      headers: OF_TEAM_A,
    },
    { body: '[{"op":"add","path":"/client_secret","value":"a new secret"}]', headers: EDITOR },
  ],
};

/** Tables of which each operation needs one. */
const DAMAGED = [
  'oauth2_client',
  'oauth2_client_change',
  'oauth2_client_api_key',
  'oauth2_client_initial_token',
  'oauth2_client_webhook',
];

const BIG_BODY = `{"padding":"${'p'.repeat(1024 * 1024)}"}`;

const { paths } = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as OpenAPIObject;
const OPERATIONS = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation & { requestBody?: unknown }>).map(
    ([method, operation]): Operation => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      takesBody: operation.requestBody !== undefined,
    }),
  ),
);
/** The operations that show metrics. */
const METRICS = OPERATIONS.filter(({ path }) => path.startsWith('/metrics'));
const DOCUMENTED = OPERATIONS.flatMap((operation) =>
  Object.keys(operation.responses)
    .map(Number)
    .filter((status) => status >= 400)
    .map((status) => ({ operation, operationId: operation.operationId, status })),
);

/** Requests of an operation that must be answered with this status, one for each documented body. */
function requestsFor({ operationId, path }: Operation, status: number): Refused[] {
  const [, , requests] =
    [...REFUSED, ...REFUSED_TO_CLIENTS].find(([id, refused]) => id === operationId && refused === status) ?? [];
  if (requests) return requests;
  if (status === 401 && isPublic(path)) return [{ headers: { authorization: `Bearer ${INITIAL_TOKEN_PREFIX}wrong` } }];
  if (status === 403 && isPublic(path)) return [FOREIGN_PAGE];
  if (status === 401) return [{ headers: { authorization: '' } }, { headers: { authorization: 'Bearer wrong' } }];
  if (status === 403) return [{ headers: as({ scopes: [] }) }, ...(FORBIDDEN[operationId] ?? []), FOREIGN_PAGE];
  if (status === 404) return path.includes('{secretId}') ? [NOBODY, OF_PUBLIC] : [NOBODY];
  if (status === 412) return [{ headers: { 'if-match': '"gone"' } }];
  if (status === 413) return [{ body: BIG_BODY }];
  if (status === 429) return [FROM_REFUSED];
  if (status === 500 || status === 503) return [{}];
  throw new Error(`Nobody knows a request that ${operationId} answers with ${status}.`);
}

describe('every error answer that the OpenAPI document shows', () => {
  const environment = {
    ...OPEN,
    ADMIN_TRUSTED_PROXIES: '127.0.0.1',
    ADMIN_MAX_REFUSED: String(REFUSALS * 10),
    PUBLIC_TRUSTED_PROXIES: '127.0.0.1',
    REGISTRATION_SOURCE_LIMIT: '1',
    // One client may register itself.
    REGISTRATION_POLICIES: 'test/support/one-client.yaml',
  };
  const service = useService(startStandalone, SQLITE.open, { authenticators: [HONEST], environment });
  /** Registration access tokens by client. */
  let itsToken: ReadonlyMap<string, string>;
  beforeAll(async () => {
    for (const members of [
      { client_id: 'orders-web' },
      { client_id: 'public', token_endpoint_auth_method: 'none' },
      { client_id: 'ended' },
      { client_id: 'of-team-a', owner: 'team-a' },
      { client_id: 'was-public', token_endpoint_auth_method: 'none' },
      { client_id: 'was-wrong', redirect_uris: ['https://app.example.com/callback'] },
    ])
      expect((await post(`${service.url}/admin/clients`, members, as({}))).status).toBe(201);
    expect((await post(`${service.url}/admin/clients/ended/secrets`, undefined, as({}))).status).toBe(201);
    for (const path of ['was-public', 'was-wrong'])
      expect(
        (await request(`${service.url}/admin/clients/${path}`, { method: 'PUT', body: {}, headers: as({}) })).status,
      ).toBe(200);
    expect((await post(`${service.url}/admin/clients/was-public/secrets`, undefined, as({}))).status).toBe(201);
    // As a release with fewer rules would have kept it.
    await service.dataSource.query(
      `UPDATE oauth2_client_change SET document = replace(replace(document, '/callback', '/callback#top'), 'client_secret_basic', 'client_secret_jwt') WHERE client_id = 'was-wrong'`,
    );
    // What is counted counts for a minute.
    stopDate();
    for (let refusal = 0; refusal < REFUSALS; refusal += 1)
      expect((await request(`${service.url}/admin/clients`, FROM_REFUSED)).status).toBe(401);
    itsToken = await refusedClients(service, as({}));
    for (let guess = 0; guess < 30; guess += 1)
      expect(
        (await post(`${service.url}/admin/clients/authenticate`, JSON.parse(GUESS) as object, as({}))).status,
      ).toBe(401);
    // As many keys and tokens as there may be.
    const keys = Array.from({ length: MOST_KEYS }, (_, at) => `('${at}', '', '', '', '${at}', '', '{}', 0)`);
    await service.dataSource.query(
      `INSERT INTO oauth2_client_api_key (id, name, scopes, owner, digest, created_at, created_by, expires_at) VALUES ${keys.join()}`,
    );
    const tokens = Array.from({ length: MOST_TOKENS }, (_, at) => `('${at}', '', '', '', '${at}', '', '{}', 0, 0, 0)`);
    await service.dataSource.query(
      `INSERT INTO oauth2_client_initial_token (id, label, policy, owner, digest, created_at, created_by, expires_at, max_uses, uses) VALUES ${tokens.join()}`,
    );
    // The service has no key under which it could store a signing secret.
    for (const [id, owner] of [
      ['7d0c5c5e-5b3f-4a57-9d3c-0f6c1e1f2a3b', ''],
      ['of-team-a', 'team-a'],
    ])
      await service.dataSource.query(
        `INSERT INTO oauth2_client_webhook (id, url, kinds, owner, secret, former_secret, former_ends_at, position, disabled, created_at, updated_at, created_by) VALUES ('${id}', '', '[]', '${owner}', '', '', '', 0, 'for this test', '', '', '{}')`,
      );
    // As time would do it.
    await service.dataSource.query(
      `UPDATE oauth2_client_secret SET expires_at = 1 WHERE client_id = 'ended' AND client_version = 2`,
    );
  });

  afterAll(() => void jest.useRealTimers());

  async function send(
    running: RunningApp,
    { method, path, operationId, parameters = [], takesBody }: Operation,
    refused: Refused,
  ): Promise<unknown[]> {
    const { schema } = parameters.find(({ name }) => name === 'id') ?? {};
    const target = path
      .replace('{secretId}', 'oldest')
      .replace('{version}', refused.version ?? '1')
      .replace('{id}', refused.id ?? schema?.example ?? '');
    const body = takesBody ? (refused.body ?? leastBody(operationId, method)) : undefined;
    const own = { authorization: `Bearer ${itsToken.get(refused.id ?? SELF)}` };
    const headers = { ...(isPublic(path) ? own : as({})), ...refused.headers };
    const answer = await request(listenerOf(running, target) + target + (refused.query ?? ''), {
      method,
      body,
      headers,
    });
    return [answer.status, answer.body];
  }

  /** The answers to all requests are the documented bodies, and there are no others. */
  async function expectDocumented(running: RunningApp, operation: Operation, status: number): Promise<void> {
    const { example, examples } = operation.responses[status]?.content?.['application/json'] ?? {};
    const bodies = examples ? Object.values(examples).map(({ value }) => value) : [example];
    const answers: unknown[] = [];
    for (const refused of requestsFor(operation, status)) answers.push(await send(running, operation, refused));
    expect(answers).toEqual(bodies.map((body) => [status, body]));
  }

  it.each(DOCUMENTED.filter(({ status }) => status < 500))(
    '$operationId, $status, is the real one',
    ({ operation, status }) => expectDocumented(service, operation, status),
  );

  it.each([
    [
      500,
      'a table',
      SQLITE,
      async ({ dataSource }: RunningApp) => {
        for (const table of DAMAGED) await dataSource.query(`ALTER TABLE ${table} RENAME TO mislaid_${table}`);
      },
    ],
    [503, 'the database', POSTGRES, (_: RunningApp, { drop }: TestDatabase) => drop()],
  ])('%i is the real one for all operations that show it, when %s is gone', async (status, _, { open }, damage) => {
    await using database = await open();
    await using damaged = await startStandalone({ database, environment: { ...OPEN, SECRETS_KEY: 's'.repeat(32) } });
    await damage(damaged, database);
    // Metrics are shown without the database, but where it has the keys of those who ask.
    const all = DOCUMENTED.filter((one) => one.status === status && !METRICS.includes(one.operation));
    expect(all.length).toBeGreaterThan(0);
    for (const { operation } of all) await expectDocumented(damaged, operation, status);
  });

  const registry = OPERATIONS.filter(({ path }) => path.startsWith('/admin/'));
  const open = OPERATIONS.filter(({ path }) => isPublic(path));
  const registering = open.filter(({ path }) => /^\/oauth2\/register(\/|$)/.test(path));
  it.each([
    [
      401,
      'all operations of the registry, the metrics, and on clients at the public listener',
      [...registry, ...registering, ...METRICS],
    ],
    [403, 'all operations of the registry, the metrics, and the public listener', [...registry, ...open, ...METRICS]],
    [404, 'all operations on one resource', registry.filter(({ path }) => path.includes('{id}'))],
    [
      412,
      'all operations that take If-Match',
      OPERATIONS.filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'If-Match')),
    ],
    [
      429,
      'all operations of the registry, the metrics, and a client that registers or may send its secret',
      [...registry, ...open.filter(({ method }) => method === 'POST' || method === 'PUT'), ...METRICS],
    ],
    [413, 'all operations with a body', OPERATIONS.filter(({ takesBody }) => takesBody)],
    [500, 'all operations of the registry, and on clients at the public listener', [...registry, ...registering]],
    [
      503,
      'all operations that need the database',
      [...registry, ...registering, ...OPERATIONS.filter(({ operationId }) => operationId === 'isReady'), ...METRICS],
    ],
  ])('%i is shown for %s', (status, _, operations) => {
    const shown = DOCUMENTED.filter((one) => one.status === status).map(({ operationId }) => operationId);
    expect(shown).toEqual(operations.map(({ operationId }) => operationId));
    expect(shown.length).toBeGreaterThan(5);
  });

  it('is shown for each request here that is refused for what is in it', () => {
    const shown = DOCUMENTED.map(({ operationId, status }) => `${operationId} ${status}`);
    expect(shown).toEqual(
      expect.arrayContaining(
        [...REFUSED, ...REFUSED_TO_CLIENTS].map(([operationId, status]) => `${operationId} ${status}`),
      ),
    );
  });
});
