import { beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { OpenAPIObject } from '@nestjs/swagger';
import { readFileSync } from 'node:fs';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { getClient, postClient } from './support/http.js';
import { useService } from './support/use.js';

interface Schema {
  properties: Record<string, { description?: string; default?: unknown }>;
  required?: string[];
}

describe('the OpenAPI document', () => {
  const service = useService(startStandalone, SQLITE.open);
  let document: OpenAPIObject;
  beforeAll(async () => {
    document = (await (await fetch(`${service.url}/openapi.json`)).json()) as OpenAPIObject;
  });

  it('is valid, is the committed one, and stands behind Swagger UI', async () => {
    expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true });
    expect(document).toEqual(JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')));
    expect(await (await fetch(`${service.url}/docs`)).text()).toContain('swagger-ui');
  });

  it('has each operation once, with the names of the contract', () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { operationId?: string }>).map(
        ([method, { operationId }]) => `${method} ${path} ${operationId}`,
      ),
    );
    expect(operations.filter((operation) => !operation.includes('/health/'))).toEqual([
      'post /admin/clients createOAuth2Client',
      'get /admin/clients listOAuth2Clients',
      'get /admin/clients/{id} getOAuth2Client',
      'patch /admin/clients/{id} patchOAuth2Client',
      'put /admin/clients/{id} setOAuth2Client',
      'delete /admin/clients/{id} deleteOAuth2Client',
      'put /admin/clients/{id}/lifespans setOAuth2ClientLifespans',
      'get /admin/clients/{id}/secrets listOAuth2ClientSecrets',
      'post /admin/clients/{id}/secrets addOAuth2ClientSecret',
      'post /admin/clients/{id}/secrets/rotate rotateOAuth2ClientSecret',
      'delete /admin/clients/{id}/secrets/rotate deleteRotatedOAuth2ClientSecrets',
      'delete /admin/clients/{id}/secrets/{secretId} deleteOAuth2ClientSecret',
      'get /version getVersion',
    ]);
  });

  it('describes exactly the members that answers have, each with a description and its default', async () => {
    const schema = document.components?.schemas?.['oAuth2Client'] as Schema | undefined;
    const properties = schema?.properties ?? {};
    expect(Object.keys(properties)).toHaveLength(51);
    expect(schema?.required ?? []).toEqual([]);
    for (const { description } of Object.values(properties)) expect(description).toMatch(/\S/);
    const { body } = await postClient(service.url, {});
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(body)));
    const { body: read } = await getClient(service.url, String(body['client_id']));
    for (const [name, value] of Object.entries(read)) {
      const { default: standard } = properties[name] ?? {};
      if (!['client_id', 'created_at', 'updated_at'].includes(name))
        expect([name, standard ?? (value === '' ? '' : null)]).toEqual([name, value]);
    }
  });

  it('has the lifespans as a schema of their own', () => {
    const schema = document.components?.schemas?.['oAuth2ClientTokenLifespans'] as { properties: object } | undefined;
    expect(Object.keys(schema?.properties ?? {})).toHaveLength(13);
  });
});
