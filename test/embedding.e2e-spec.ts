import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { startEmbedded } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { getClient, post, postClient, request } from './support/http.js';
import { useService } from './support/use.js';

describe.each(DATABASES)('an application that imports ClientsModule, on $database', ({ open }) => {
  const service = useService(startEmbedded, open);

  it('keeps its own routes, pipe and error envelope', async () => {
    const created = await post(`${service.url}/orders`, '{"article":"tea"}');
    expect([created.status, created.body['article']]).toEqual([201, 'tea']);
    expect((await request(`${service.url}/orders`)).body).toEqual([created.body]);
    const refused = await post(`${service.url}/orders`, '{"article":5,"more":1}');
    expect([refused.status, refused.body]).toEqual([418, { failed: 418 }]);
    const unknown = await request(`${service.url}/nothing`);
    expect([unknown.status, unknown.body]).toEqual([418, { failed: 418 }]);
  });

  it('has the registry’s answers and errors as they are standalone', async () => {
    const { status, body, headers } = await postClient(service.url, {
      client_name: 'x',
      unknown: 1,
      metadata: { a: { b: 1 } },
    });
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/shop/api/admin/clients/${String(body['client_id'])}`);
    expect(body['metadata']).toEqual({ a: { b: 1 } });
    expect((await postClient(service.url, { client_name: 5 })).body).toMatchObject({
      error: 'invalid_client_metadata',
      errors: [{ pointer: '/client_name' }],
    });
    expect((await getClient(service.url, 'nobody')).body).toMatchObject({ error: 'not_found' });
    const wrong = await request(`${service.url}/clients`, { method: 'DELETE' });
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'POST, GET, HEAD']);
  });

  it('shows defaults of members and one tag an operation in its own document', async () => {
    const { paths, components } = (await request(new URL('/shop.json', service.url))).body as unknown as OpenAPIObject;
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      path.includes('/admin/') ? Object.values(item as Record<string, { tags: string[] }>) : [],
    );
    expect(operations.map(({ tags }) => tags.length)).toEqual(Array.from({ length: 27 }, () => 1));
    expect(new Set(operations.flatMap(({ tags }) => tags))).toEqual(new Set(['clients', 'authentication']));
    const client = components?.schemas?.['oAuth2Client'] as { properties: Record<string, object> } | undefined;
    const properties = client?.properties ?? {};
    expect(Object.values(properties).filter((member) => 'default' in member)).toHaveLength(41);
    expect(properties['token_endpoint_auth_method']).toMatchObject({ default: 'client_secret_basic' });
    expect(properties['client_name']).not.toHaveProperty('default');
  });

  it('shows each route of the registry once in its own document', async () => {
    const document = (await request(new URL('/shop.json', service.url))).body as {
      paths: Record<string, object>;
    };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(routes.toSorted()).toEqual([
      'delete /shop/api/admin/clients/{id}',
      'delete /shop/api/admin/clients/{id}/registration-token',
      'delete /shop/api/admin/clients/{id}/secrets/rotate',
      'delete /shop/api/admin/clients/{id}/secrets/{secretId}',
      'delete /shop/api/admin/clients/{id}/suspension',
      'get /shop/api/admin/changes',
      'get /shop/api/admin/clients',
      'get /shop/api/admin/clients/{id}',
      'get /shop/api/admin/clients/{id}/activity',
      'get /shop/api/admin/clients/{id}/changes/{version}',
      'get /shop/api/admin/clients/{id}/effective-lifespans',
      'get /shop/api/admin/clients/{id}/history',
      'get /shop/api/admin/clients/{id}/key-set',
      'get /shop/api/admin/clients/{id}/secrets',
      'get /shop/api/admin/tombstones',
      'get /shop/api/orders',
      'patch /shop/api/admin/clients/{id}',
      'post /shop/api/admin/clients',
      'post /shop/api/admin/clients/activity',
      'post /shop/api/admin/clients/authenticate',
      'post /shop/api/admin/clients/{id}/registration-token',
      'post /shop/api/admin/clients/{id}/restore',
      'post /shop/api/admin/clients/{id}/revert',
      'post /shop/api/admin/clients/{id}/secrets',
      'post /shop/api/admin/clients/{id}/secrets/rotate',
      'post /shop/api/orders',
      'put /shop/api/admin/clients/{id}',
      'put /shop/api/admin/clients/{id}/lifespans',
      'put /shop/api/admin/clients/{id}/suspension',
    ]);
  });

  it('may have a transaction of its own open while a client is created, and may roll it back', async () => {
    const runner = service.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`INSERT INTO "order" ("article") VALUES ('never')`);
    const creating = postClient(service.url, { client_id: 'meanwhile' });
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    await runner.rollbackTransaction();
    await runner.release();
    expect((await creating).status).toBe(201);
    expect((await getClient(service.url, 'meanwhile')).status).toBe(200);
    expect((await request(`${service.url}/orders`)).text).not.toContain('never');
  });
});
