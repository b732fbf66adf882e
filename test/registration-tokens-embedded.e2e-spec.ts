import { describe, expect, it } from '@jest/globals';
import { ForbiddenException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  AccessGuard,
  AUTHENTICATORS,
  ClientsModule,
  InitialAccessTokens,
  InitialAccessTokensModule,
  readRegistryBodiesRaw,
  RegistrationModule,
} from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { DATABASES, SQLITE, type TestDatabase } from './support/databases.js';
import { PLATFORMS, startHost, type Platform } from './support/host.js';
import { post, request } from './support/http.js';
import { as, HONEST } from './support/principals.js';

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
const CLIENT = { redirect_uris: ['https://desktop.example.com/callback'] };

type Mount = Parameters<typeof InitialAccessTokensModule.forRoot>[0];

function startWith(platform: Platform, { url }: TestDatabase, mount?: Mount) {
  const typeOrm = TypeOrmModule.forRoot({ ...dataSourceOptions(url, true), retryAttempts: 0 });
  const registration = RegistrationModule.forRoot({ requireInitialAccessToken: true });
  const tokens = mount ? [InitialAccessTokensModule.forRoot(mount)] : [];
  const imports = [typeOrm, ClientsModule.forRoot({ secrets: { bcryptCost: 4 } }), registration, ...tokens];
  return startHost(platform, { imports }, readRegistryBodiesRaw);
}

describe.each(PLATFORMS)('in an application on $platform', ({ platform }) => {
  it.each(DATABASES)(
    'operators make, list and revoke tokens on $database when it imports the module',
    async ({ open }) => {
      await using database = await open();
      await using host = await startWith(platform, database, { guards: [OPERATORS_ONLY], routePrefix: 'partners' });
      const place = `${host.url}/partners/admin/registration-tokens`;
      expect((await post(place, { label: 'partner' })).status).toBe(403);
      const made = await post(place, { label: 'partner', owner: 'team-a', max_uses: 2 }, OPERATOR);
      expect([made.status, made.body]).toEqual([201, expect.objectContaining({ label: 'partner', policy: 'default' })]);
      const { id, token } = made.body as { id: string; token: string };
      const register = () => post(`${host.url}/oauth2/register`, CLIENT, { authorization: `Bearer ${token}` });
      expect((await register()).status).toBe(201);
      expect((await request(place, { headers: OPERATOR })).body).toMatchObject([{ id, uses: 1 }]);
      const wrong = await post(place, '{"label"', OPERATOR);
      expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_request']);
      expect((await request(`${place}/${id}`, { method: 'DELETE', headers: OPERATOR })).status).toBe(204);
      expect((await register()).status).toBe(401);
      const put = await request(place, { method: 'PUT', body: {}, headers: OPERATOR });
      expect([put.status, put.headers['allow']]).toEqual([405, 'POST, GET, HEAD']);
    },
  );

  it('a principal with an owner has the tokens of that owner, and nobody any without the scope', async () => {
    await using database = await SQLITE.open();
    await using host = await startWith(platform, database, { guards: [AccessGuard], imports: [ACCESS] });
    const place = `${host.url}/admin/registration-tokens`;
    for (const owner of ['team-a', 'team-b'])
      expect((await post(place, { label: owner }, as({ owner }))).status).toBe(201);
    const { body } = await request(place, { headers: as({ owner: 'team-b' }) });
    expect(body).toMatchObject([{ label: 'team-b', owner: 'team-b' }]);
    expect(body).toHaveLength(1);
    expect((await post(place, { label: 'x' }, as({ scopes: ['clients:write', 'owners:all'] }))).status).toBe(403);
    expect((await request(place)).status).toBe(401);
  });

  it('there are no routes without the module', async () => {
    await using database = await SQLITE.open();
    await using host = await startWith(platform, database);
    expect((await request(`${host.url}/admin/registration-tokens`)).status).toBe(404);
  });
});

describe('the policy of a token', () => {
  it('must be one of those under which clients register in the application', async () => {
    await using database = await SQLITE.open();
    const typeOrm = TypeOrmModule.forRoot({ ...dataSourceOptions(database.url, true), retryAttempts: 0 });
    const registrations = [
      RegistrationModule.forRoot({ policies: { partners: {} } }),
      RegistrationModule.forRoot({ policies: { devices: {} }, routePrefix: 'devices' }),
    ];
    const imports = [typeOrm, ClientsModule.forRoot(), ...registrations, InitialAccessTokensModule.forRoot()];
    await using host = await startHost('Express', { imports });
    const place = `${host.url}/admin/registration-tokens`;
    for (const policy of ['default', 'partners', 'devices'])
      expect((await post(place, { label: 'x', policy })).status).toBe(201);
    const { status, body } = await post(place, { label: 'x', policy: 'gone' });
    const said = 'policy must name a policy that there is: default, partners, devices.';
    expect([status, body['error'], body['error_description']]).toEqual([400, 'invalid_request', said]);
    const tokens = host.app.get(InitialAccessTokens, { strict: false });
    const make = (policies?: string[]) => tokens.create('{"label":"x","policy":"gone"}', policies && { policies });
    await expect(make()).rejects.toMatchObject({ status: 400 });
    await expect(make(['gone'])).resolves.toMatchObject({ policy: 'gone' });
  });

  it('may be any where clients register in another application, or at another registry of it', async () => {
    await using database = await SQLITE.open();
    await using other = await SQLITE.open();
    const typeOrm = (name: string, { url }: TestDatabase) =>
      TypeOrmModule.forRoot({ ...dataSourceOptions(url, true), name, retryAttempts: 0 });
    const imports = [
      typeOrm('a', database),
      typeOrm('b', other),
      ClientsModule.forRoot({ dataSource: 'a' }),
      ClientsModule.forRoot({ dataSource: 'b', routePrefix: 'b' }),
      InitialAccessTokensModule.forRoot({ dataSource: 'a' }),
      RegistrationModule.forRoot({ dataSource: 'b', routePrefix: 'b' }),
    ];
    await using host = await startHost('Express', { imports });
    const { status, body } = await post(`${host.url}/admin/registration-tokens`, { label: 'x', policy: 'theirs' });
    expect([status, body['policy']]).toEqual([201, 'theirs']);
  });
});

it('an option that the module does not know is named', () => {
  expect(() => InitialAccessTokensModule.forRoot({ policies: {} } as object)).toThrow(
    'Options of InitialAccessTokensModule: unknown option policies.',
  );
});
