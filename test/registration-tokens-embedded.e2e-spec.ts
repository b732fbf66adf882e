import { describe, expect, it } from '@jest/globals';
import { ForbiddenException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  AccessGuard,
  AUTHENTICATORS,
  ClientsModule,
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

it('an option that the module does not know is named', () => {
  expect(() => InitialAccessTokensModule.forRoot({ policies: {} } as object)).toThrow(
    'Options of InitialAccessTokensModule: unknown option policies.',
  );
});
