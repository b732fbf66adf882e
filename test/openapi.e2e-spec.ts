import { beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { readFileSync } from 'node:fs';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { getClient, postClient, request } from './support/http.js';
import { useService } from './support/use.js';

interface Schema {
  type?: string;
  properties: Record<string, { description?: string; default?: unknown }>;
  required?: string[];
}

/** Every schema of a member in a part of the document, by the path to it; examples are no schemas. */
function membersIn(part: unknown, path = '#'): [string, { description?: string; pattern?: string }][] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) => {
    if (/^examples?$/.test(name)) return [];
    const found = name === 'properties' ? (Object.entries(value as object) as [string, object][]) : [];
    return [
      ...found.map(([member, schema]): [string, object] => [`${path}/${member}`, schema]),
      ...membersIn(value, `${path}/${name}`),
    ];
  });
}

describe('the OpenAPI document', () => {
  const service = useService(startStandalone, SQLITE.open);
  let document: OpenAPIObject;
  beforeAll(async () => {
    document = (await request(`${service.url}/openapi.json`)).body as unknown as OpenAPIObject;
  });

  const schemaOf = (name: string) => document.components?.schemas?.[name] as Schema;

  it('is the committed one, which linters judge, and stands behind Swagger UI', async () => {
    expect(document).toEqual(JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')));
    expect((await request(`${service.url}/docs`)).text).toContain('swagger-ui');
  });

  it('has each operation once, with the names of the contract', () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { operationId?: string }>).map(
        ([method, { operationId }]) => `${method} ${path} ${operationId}`,
      ),
    );
    expect(operations.filter((operation) => !operation.includes('/health/'))).toEqual([
      'post /admin/clients/authenticate authenticateOAuth2Client',
      'post /admin/clients/activity reportOAuth2ClientActivity',
      'post /admin/clients createOAuth2Client',
      'get /admin/clients listOAuth2Clients',
      'get /admin/clients/{id} getOAuth2Client',
      'patch /admin/clients/{id} patchOAuth2Client',
      'put /admin/clients/{id} setOAuth2Client',
      'delete /admin/clients/{id} deleteOAuth2Client',
      'put /admin/clients/{id}/lifespans setOAuth2ClientLifespans',
      'get /admin/clients/{id}/effective-lifespans getOAuth2ClientEffectiveLifespans',
      'get /admin/clients/{id}/key-set getOAuth2ClientKeySet',
      'get /admin/clients/{id}/activity getOAuth2ClientActivity',
      'get /admin/clients/{id}/secrets listOAuth2ClientSecrets',
      'post /admin/clients/{id}/secrets addOAuth2ClientSecret',
      'post /admin/clients/{id}/secrets/rotate rotateOAuth2ClientSecret',
      'delete /admin/clients/{id}/secrets/rotate deleteRotatedOAuth2ClientSecrets',
      'delete /admin/clients/{id}/secrets/{secretId} deleteOAuth2ClientSecret',
      'post /admin/clients/{id}/registration-token replaceOAuth2ClientRegistrationToken',
      'delete /admin/clients/{id}/registration-token endOAuth2ClientRegistrationToken',
      'get /admin/clients/{id}/history listOAuth2ClientHistory',
      'get /admin/clients/{id}/changes/{version} getOAuth2ClientChange',
      'post /admin/clients/{id}/revert revertOAuth2Client',
      'put /admin/clients/{id}/suspension suspendOAuth2Client',
      'delete /admin/clients/{id}/suspension resumeOAuth2Client',
      'post /admin/clients/{id}/restore restoreOAuth2Client',
      'get /admin/tombstones listOAuth2ClientTombstones',
      'get /admin/changes listOAuth2ClientChanges',
      'post /admin/registration-tokens createInitialAccessToken',
      'get /admin/registration-tokens listInitialAccessTokens',
      'get /admin/registration-tokens/{id} getInitialAccessToken',
      'delete /admin/registration-tokens/{id} revokeInitialAccessToken',
      'get /admin/expiring listOAuth2Expiring',
      'post /admin/keys createApiKey',
      'get /admin/keys listApiKeys',
      'get /admin/keys/{id} getApiKey',
      'delete /admin/keys/{id} revokeApiKey',
      'post /admin/webhooks createOAuth2ClientWebhook',
      'get /admin/webhooks listOAuth2ClientWebhooks',
      'get /admin/webhooks/{id} getOAuth2ClientWebhook',
      'put /admin/webhooks/{id} setOAuth2ClientWebhook',
      'delete /admin/webhooks/{id} deleteOAuth2ClientWebhook',
      'get /admin/webhooks/{id}/deliveries listOAuth2ClientWebhookDeliveries',
      'post /admin/webhooks/{id}/replay replayOAuth2ClientWebhook',
      'post /admin/webhooks/{id}/rotate rotateOAuth2ClientWebhookSecret',
      'post /oauth2/register createOidcDynamicClient',
      'get /oauth2/register/{id} getOidcDynamicClient',
      'put /oauth2/register/{id} setOidcDynamicClient',
      'delete /oauth2/register/{id} deleteOidcDynamicClient',
      'get /oauth2/registration-policies listRegistrationPolicies',
      'get /version getVersion',
      'get /metrics getMetrics',
      'get /metrics/prometheus getPrometheusMetrics',
    ]);
  });

  it('has the version of the package, and paths that begin at the root', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect([document.info.version, document.servers]).toEqual([version, [{ url: '/' }]]);
  });

  it('describes every member of every schema', () => {
    const members = membersIn(document);
    expect(members.length).toBeGreaterThan(150);
    expect(members.filter(([, { description }]) => !description?.trim()).map(([path]) => path)).toEqual([]);
  });

  it('allows any JSON as metadata and as the value of a patch', () => {
    const any = { allOf: [{ $ref: '#/components/schemas/JSONRawMessage' }] };
    expect(schemaOf('oAuth2Client').properties['metadata']).toMatchObject(any);
    expect(schemaOf('jsonPatch').properties['value']).toMatchObject(any);
    expect(Object.keys(schemaOf('JSONRawMessage'))).toEqual(['description']);
    expect(schemaOf('jsonPatch').properties['value']).not.toHaveProperty('type');
  });

  it('calls no member a URI that may be empty', () => {
    const formats = membersIn(document).filter(([, schema]) => JSON.stringify(schema).includes('"format":"uri"'));
    expect(formats).toEqual([]);
  });

  it('has no pattern that refuses an empty string, which unsets a member', async () => {
    const patterns = membersIn(document).flatMap(([path, { pattern }]) => (pattern ? [{ path, pattern }] : []));
    expect(patterns.length).toBeGreaterThan(0);
    expect(patterns.filter(({ pattern }) => !new RegExp(pattern).test(''))).toEqual([]);
    const body = Object.fromEntries(patterns.map(({ path }) => [path.slice(path.lastIndexOf('/') + 1), '']));
    expect(await postClient(service.url, body)).toMatchObject({ status: 201 });
  });

  it('requires of an answer about one client what it always has, and nothing of a body or a list with chosen members', async () => {
    const { body } = await postClient(service.url, {});
    const { registered_via: _, ...read } = (await getClient(service.url, String(body['client_id']))).body;
    expect(schemaOf('oAuth2ClientResponse').required?.toSorted()).toEqual(Object.keys(read).toSorted());
    expect(schemaOf('oAuth2ClientResponse').properties).toEqual(schemaOf('oAuth2Client').properties);
    expect(schemaOf('oAuth2Client').required ?? []).toEqual([]);
    const list = await request(
      `${service.url}/admin/clients?fields=client_name&client_id=${String(body['client_id'])}`,
    );
    expect(JSON.parse(list.text)).toEqual([{ client_name: '' }]);
  });

  it('describes exactly the members that answers have, each with its default', async () => {
    const { properties } = schemaOf('oAuth2Client');
    expect(Object.keys(properties)).toHaveLength(89);
    const { body } = await postClient(service.url, {});
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(body)));
    const { body: read } = await getClient(service.url, String(body['client_id']));
    for (const [name, value] of Object.entries(read)) {
      const { default: standard } = properties[name] ?? {};
      if (!['client_id', 'created_at', 'updated_at', 'registered_via'].includes(name))
        expect([name, standard ?? (value === '' ? '' : null)]).toEqual([name, value]);
    }
  });

  it('has the lifespans as a schema of their own', () => {
    expect(Object.keys(schemaOf('oAuth2ClientTokenLifespans').properties)).toHaveLength(13);
  });
});
