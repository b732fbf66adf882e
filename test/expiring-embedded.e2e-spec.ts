import { expect, describe, it } from '@jest/globals';
import { ForbiddenException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessGuard, AUTHENTICATORS, ClientsModule, ClientsService, ExpiryModule } from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { DATABASES, SQLITE, type TestDatabase } from './support/databases.js';
import { PLATFORMS, startHost, type Platform } from './support/host.js';
import { request } from './support/http.js';
import { as, HONEST } from './support/principals.js';

const inDays = (days: number) => Math.floor(Date.now() / 1000 + days * 86_400);

/** The host's own guard. */
const OPERATORS_ONLY: CanActivate = {
  canActivate: (context: ExecutionContext) => {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['x-operator'] === undefined) throw new ForbiddenException();
    return true;
  },
};
const OPERATOR = { 'x-operator': 'me' };
/** Who the registry believes that its callers are. */
const ACCESS = {
  module: class {},
  providers: [{ provide: AUTHENTICATORS, useValue: [HONEST] }],
  exports: [AUTHENTICATORS],
};

function startWith(platform: Platform, { url }: TestDatabase, mount?: Parameters<typeof ExpiryModule.forRoot>[0]) {
  const typeOrm = TypeOrmModule.forRoot({ ...dataSourceOptions(url, true), retryAttempts: 0 });
  const expiry = mount ? [ExpiryModule.forRoot(mount)] : [];
  return startHost(platform, { imports: [typeOrm, ClientsModule.forRoot({}), ...expiry] });
}

const idsOf = (body: unknown) => (body as { client_id: string }[]).map(({ client_id: id }) => id);

describe.each(PLATFORMS)('in an application on $platform', ({ platform }) => {
  it.each(DATABASES)('what ends soon is listed on $database when it imports the module', async ({ open }) => {
    await using database = await open();
    await using host = await startWith(platform, database, { guards: [OPERATORS_ONLY], routePrefix: 'partners' });
    const clients = host.app.get(ClientsService);
    for (const days of [9, 2, 40])
      await clients.create({ client_id: `in-${days}`, client_secret_expires_at: inDays(days) });
    const place = `${host.url}/partners/admin/expiring`;
    expect((await request(place)).status).toBe(403);
    const { status, body, headers } = await request(`${place}?page_size=1`, { headers: OPERATOR });
    expect([status, idsOf(body)]).toEqual([200, ['in-2']]);
    const next = /<(\/partners\/admin\/expiring\?[^>]*)>; rel="next"/.exec(headers['link'] ?? '')?.[1];
    expect(idsOf((await request(`${host.url}${next}`, { headers: OPERATOR })).body)).toEqual(['in-9']);
    const wrong = await request(`${place}?within=soon`, { headers: OPERATOR });
    expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_request']);
    const posted = await request(place, { method: 'POST', body: {}, headers: OPERATOR });
    expect([posted.status, posted.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it('a principal with an owner finds the secrets of that owner, and nobody anything without the scope', async () => {
    await using database = await SQLITE.open();
    await using host = await startWith(platform, database, { guards: [AccessGuard], imports: [ACCESS] });
    const clients = host.app.get(ClientsService);
    for (const owner of ['team-a', 'team-b'])
      await clients.create({ client_id: `of-${owner}`, owner, client_secret_expires_at: inDays(2) });
    const asked = (headers: Record<string, string>) => request(`${host.url}/admin/expiring`, { headers });
    expect(idsOf((await asked(as({ owner: 'team-b' }))).body)).toEqual(['of-team-b']);
    expect((await asked(as({ scopes: ['clients:write', 'owners:all'] }))).status).toBe(403);
    expect((await asked({})).status).toBe(401);
  });

  it('there is no list without the module', async () => {
    await using database = await SQLITE.open();
    await using host = await startWith(platform, database);
    expect((await request(`${host.url}/admin/expiring`)).status).toBe(404);
  });
});

it('two registries of one application list their own', async () => {
  await using one = await SQLITE.open();
  await using other = await SQLITE.open();
  const registries = [one, other].map(({ url }, at) => {
    const mount = { dataSource: `r${at}`, routePrefix: `r${at}` };
    const typeOrm = TypeOrmModule.forRoot({ name: `r${at}`, ...dataSourceOptions(url, true), retryAttempts: 0 });
    return [typeOrm, ClientsModule.forRoot(mount), ExpiryModule.forRoot(mount)];
  });
  await using host = await startHost('Express', { imports: registries.flat() });
  for (const name of ['r0', 'r1']) {
    const body = { client_id: name, client_secret_expires_at: inDays(2) };
    expect((await request(`${host.url}/${name}/admin/clients`, { method: 'POST', body })).status).toBe(201);
  }
  for (const name of ['r0', 'r1'])
    expect(idsOf((await request(`${host.url}/${name}/admin/expiring`)).body)).toEqual([name]);
});

it('an option that does not exist is refused', () => {
  expect(() => ExpiryModule.forRoot({ within: '30d' } as object)).toThrow(
    'Options of ExpiryModule: unknown option within.',
  );
});
