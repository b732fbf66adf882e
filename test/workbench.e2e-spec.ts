import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { readFileSync } from 'node:fs';
import { ClientView } from '../src/clients/metadata/client.dto.js';
import { serverOwnedOf } from '../src/fields/server-owned.js';
import { startEmbedded, startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { rawRequest, request } from './support/http.js';
import { useService } from './support/use.js';

type Value = string | number | boolean;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  example?: Value;
  schema: { type: string; example?: Value; default?: Value; [member: string]: unknown };
}

interface Operation {
  method: string;
  path: string;
  tags: string[];
  operationId: string;
  parameters: Parameter[];
  requestBody?: { content: Record<string, { examples: Record<string, { value: object }> }> };
  responses: Record<string, { content?: Record<string, { example?: object }> }>;
}

function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) =>
      Object.assign(operation, { method: method.toUpperCase(), path, parameters: operation.parameters ?? [] }),
    ),
  );
}

/** Status and `Location` of an answer, which is not followed. */
async function answerTo(url: string, method: string, headers?: Record<string, string>): Promise<unknown[]> {
  const answer = await rawRequest(url, { method, headers });
  return [answer.status, answer.headers['location']];
}

describe('Swagger UI', () => {
  const service = useService(startStandalone, SQLITE.open);
  let document: OpenAPIObject;
  let operations: Operation[];
  beforeAll(async () => {
    document = (await request(`${service.url}/openapi.json`)).body as unknown as OpenAPIObject;
    operations = operationsOf(document);
  });
  beforeEach(async () => {
    await request(`${service.url}/admin/clients/orders-web`, { method: 'DELETE' });
  });

  const named = (id: string) => operations.find(({ operationId }) => operationId === id) as Operation;

  /** Sends an operation with the values that stand there, as Swagger UI does; of several bodies the first. */
  async function execute(id: string, type = 'application/json', example = 0): Promise<[number, unknown]> {
    const { method, path, parameters, requestBody } = named(id);
    const given = parameters.flatMap(({ in: place, name, example: own, schema }) => {
      const value = own ?? schema.example ?? schema.default;
      return value === undefined ? [] : [{ place, name, text: String(value) }];
    });
    let url = service.url + path;
    for (const { place, name, text } of given) if (place === 'path') url = url.replace(`{${name}}`, text);
    const query = given
      .filter(({ place }) => place === 'query')
      .map(({ name, text }): [string, string] => [name, text]);
    const { status, body } = await request(`${url}?${new URLSearchParams(query).toString()}`, {
      method,
      headers: requestBody && { 'content-type': type },
      body: requestBody && Object.values(requestBody.content[type]?.examples ?? {})[example]?.value,
    });
    return [status, body];
  }

  it('carries a client through its whole life with the values that stand there', async () => {
    const [status, created] = await execute('createOAuth2Client');
    expect([status, created]).toEqual([201, expect.objectContaining({ client_id: 'orders-web' })]);
    const { client_secret: secret } = created as { client_secret: string };
    const [, shown] = await execute('getOAuth2Client');
    const documented = named('getOAuth2Client').responses['200']?.content?.['application/json']?.example;
    const moment = expect.any(String);
    expect(shown).toEqual({ ...documented, created_at: moment, updated_at: moment });
    expect(await execute('listOAuth2Clients')).toEqual([200, [shown]]);
    expect(await execute('patchOAuth2Client', 'application/json-patch+json')).toEqual([
      200,
      expect.objectContaining({ client_name: 'Orders', authorization_code_grant_access_token_lifespan: '10m' }),
    ]);
    expect(await execute('patchOAuth2Client', 'application/merge-patch+json')).toEqual([
      200,
      expect.objectContaining({ owner: 'team-checkout', authorization_code_grant_access_token_lifespan: null }),
    ]);
    expect(await execute('setOAuth2Client')).toEqual([200, expect.objectContaining({ client_name: 'Orders web' })]);
    expect(await execute('setOAuth2ClientLifespans')).toEqual([
      200,
      expect.objectContaining({ client_credentials_grant_access_token_lifespan: '5m' }),
    ]);
    const [, rotated] = await execute('rotateOAuth2ClientSecret');
    expect(rotated).toMatchObject({ client_secret: expect.not.stringMatching(secret) });
    const count = async () => ((await execute('listOAuth2ClientSecrets'))[1] as unknown[]).length;
    expect(await count()).toBe(2);
    expect((await execute('addOAuth2ClientSecret'))[0]).toBe(201);
    expect(await count()).toBe(3);
    expect((await execute('deleteOAuth2ClientSecret'))[0]).toBe(204);
    expect(await count()).toBe(2);
    expect((await execute('deleteRotatedOAuth2ClientSecrets'))[0]).toBe(200);
    expect(await count()).toBe(1);
    expect((await execute('deleteOAuth2Client'))[0]).toBe(204);
    expect((await execute('getOAuth2Client'))[0]).toBe(404);
    expect((await execute('isAlive'))[1]).toEqual({ status: 'ok' });
    expect((await execute('isReady'))[0]).toBe(200);
  });

  it('has an example of each kind of client, and each works as it stands', async () => {
    const examples = named('createOAuth2Client').requestBody?.content['application/json']?.examples ?? {};
    expect(Object.keys(examples)).toEqual(['web', 'service', 'spa', 'native', 'key', 'certificate', 'everything']);
    for (const [at, { value }] of Object.values(examples).entries()) {
      await request(`${service.url}/admin/clients/orders-web`, { method: 'DELETE' });
      expect(await execute('createOAuth2Client', 'application/json', at)).toEqual([
        201,
        expect.objectContaining(value),
      ]);
    }
  });

  it('has an example with the members of the seed, but its secret and what is not for callers to set', () => {
    const text = readFileSync(new URL('seed/create-client.json', import.meta.url), 'utf8');
    const left = ['client_secret', ...serverOwnedOf(ClientView).map(({ name }) => name)];
    expect(left).toHaveLength(7);
    const writable = Object.entries(JSON.parse(text) as object).filter(([name]) => !left.includes(name));
    const { everything } = named('createOAuth2Client').requestBody?.content['application/json']?.examples ?? {};
    // The lifespans of the seed are the hardest to read; an example is for readers.
    const members = (entries: [string, unknown][]) =>
      Object.fromEntries(entries.map(([name, value]) => [name, name.endsWith('_lifespan') ? 'some' : value]));
    expect(members(Object.entries(everything?.value ?? {}))).toMatchObject(members(writable));
  });

  it('shows no secret and no private key', () => {
    const text = JSON.stringify(document);
    const secrets = [...text.matchAll(/"(client_secret|registration_access_token)":"([^"]*)"/g)].map(
      ([, , one]) => one,
    );
    expect(new Set(secrets)).toEqual(new Set(['oacs_…', 'oart_…']));
    expect(text).not.toMatch(/correct horse|"d":"/);
    for (const { requestBody } of operations) expect(JSON.stringify(requestBody ?? {})).not.toContain('client_secret"');
  });

  it('has the parameters of the list with their types, and none that stands there and hides clients', () => {
    const { parameters } = named('listOAuth2Clients');
    const types = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]));
    const methods = document.components?.schemas?.['oAuth2Client'] as {
      properties: Record<string, { enum?: string[] }>;
    };
    expect(types).toMatchObject({
      page_size: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
      client_id: { type: 'array', items: { type: 'string' } },
      token_endpoint_auth_method: { enum: methods.properties['token_endpoint_auth_method']?.enum },
      created_after: { type: 'string', format: 'date-time' },
      sort: { type: 'string', enum: expect.arrayContaining(['client_id', '-created_at']), default: 'client_id' },
      include_total: { type: 'boolean', default: false },
    });
    const filled = parameters.filter(
      ({ example, schema }) => (example ?? schema.example ?? schema.default) !== undefined,
    );
    expect(filled.map(({ name }) => name)).toEqual(['page_size', 'sort', 'include_total']);
  });

  it('puts each operation under one described tag, and wants a token of nobody', () => {
    const tags = document.tags?.map(({ name, description }) => [name, Boolean(description)]);
    const names = ['clients', 'authentication', 'keys', 'registration', 'webhooks', 'health', 'metrics'];
    expect(tags).toEqual(names.map((name) => [name, true]));
    const found = operations.map(({ tags: own }) => own.join());
    expect(new Set(found)).toEqual(new Set(names));
    expect(document.security).toEqual([{}, { bearer: [] }]);
    expect(document.components?.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
  });

  it('loads nothing from elsewhere and asks nobody else', async () => {
    const page = (await request(`${service.url}/docs`)).text;
    const places = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, place = '']) => place);
    expect(places.length).toBeGreaterThan(4);
    for (const place of places) {
      const { origin, href } = new URL(place, `${service.url}/docs`);
      expect([origin, (await request(href)).status]).toEqual([service.url, 200]);
    }
    const options = (await request(`${service.url}/docs/swagger-ui-init.js`)).text;
    expect(options).toContain('"validatorUrl": null');
  });

  it('is where the listener leads a browser, but not one that comes from a foreign page', async () => {
    for (const method of ['GET', 'HEAD']) {
      expect(await answerTo(`${service.url}/`, method)).toEqual([302, '/docs']);
      for (const headers of [{ host: 'evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[])
        expect(await answerTo(`${service.url}/`, method, headers)).toEqual([403, undefined]);
    }
    expect((await answerTo(`${service.url}/`, 'POST'))[0]).toBe(405);
    expect(document.paths).not.toHaveProperty(['/']);
  });
});

describe('the headers of pages', () => {
  const service = useService(startStandalone, SQLITE.open);

  it.each([
    ['GET', '/', 302],
    ['GET', '/?a=b', 302],
    ['POST', '/', 405],
    ['GET', '/docs', 200],
    ['GET', '/docs/', 200],
    ['GET', '/docs/swagger-ui-init.js', 200],
    ['GET', '/docs/nothing', 404],
    ['POST', '/docs', 405],
    ['GET', '/openapi.json', 200],
    ['GET', '/openapi.yaml', 200],
  ])('%s %s, which is %i: only own scripts, no frame, no sniffing, no referrer', async (method, path, status) => {
    const answer = await rawRequest(service.url + path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    const policy = String(answer.headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]),
    );
  });

  it('are on the refusal of a foreign Host, too', async () => {
    const { status, headers } = await rawRequest(`${service.url}/docs`, { headers: { host: 'evil.example' } });
    expect([status, headers['content-security-policy']]).toEqual([
      403,
      expect.stringContaining("frame-ancestors 'none'"),
    ]);
  });

  it('allow every script of the page: none stands in it', async () => {
    const { text } = await request(`${service.url}/docs`);
    const scripts = [...text.matchAll(/<script([^>]*)>([^<]*)</g)].map(([, source = '', code = '']) => [
      source.includes('src='),
      code.trim(),
    ]);
    expect(scripts.length).toBeGreaterThan(2);
    expect(new Set(scripts.map((script) => script.join()))).toEqual(new Set(['true,']));
    expect(text).not.toMatch(/ on\w+=/);
  });
});

describe('DOCS=false', () => {
  const service = useService(startStandalone, SQLITE.open, { environment: { DOCS: 'false' } });

  it.each(['/', '/docs', '/docs/', '/docs/index.html', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui-init.js'])(
    'makes %s a 404 that names the setting',
    async (path) => {
      const { status, headers, text } = await rawRequest(service.url + path, {});
      expect([status, headers['location']]).toEqual([404, undefined]);
      expect(JSON.parse(text)).toEqual({ error: 'not_found', error_description: expect.stringContaining('DOCS') });
    },
  );

  it('leaves the document and the API as they are', async () => {
    for (const path of ['/openapi.json', '/openapi.yaml', '/admin/clients'])
      expect([path, (await request(service.url + path)).status]).toEqual([path, 200]);
  });
});

describe('a host of the module', () => {
  it('keeps its own /', async () => {
    await using database = await SQLITE.open();
    await using host = await startEmbedded({ database });
    const answers = await Promise.all(
      ['/', '/shop/api', '/docs'].map((place) => answerTo(new URL(place, host.url).href, 'GET')),
    );
    // 404 is Express's, 418 the host's own filter.
    expect(answers.map(([status]) => status)).toEqual([404, 418, 404]);
  });
});
