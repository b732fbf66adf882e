import { ForbiddenException, type CanActivate, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { describe, expect, it } from '@jest/globals';
import { ClientsModule, ClientsService } from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { WebhooksModule, type WebhooksModuleOptions } from '../src/webhooks.js';
import { Dispatcher } from '../src/webhooks/delivery/dispatcher.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { PLATFORMS, startHost, type Platform } from './support/host.js';
import { post, request } from './support/http.js';
import { isSigned, startReceiver } from './support/receiver.js';

/** The host's own guard. */
const OPERATORS_ONLY: CanActivate = {
  canActivate: (context: ExecutionContext) => {
    const { headers } = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    if (headers.authorization !== 'operator') throw new ForbiddenException();
    return true;
  },
};
const OPERATOR = { authorization: 'operator' };

function startWith(platform: Platform, url: string, ...more: DynamicModule[]) {
  const typeOrm = TypeOrmModule.forRoot({ ...dataSourceOptions(url, true), retryAttempts: 0 });
  return startHost(platform, { imports: [typeOrm, ClientsModule.forRoot({}), ...more] });
}

describe.each(PLATFORMS)('in an application on $platform', ({ platform }) => {
  it('webhooks are served and sent when it imports their module, and only then', async () => {
    await using receiver = await startReceiver();
    await using database = await SQLITE.open();
    {
      await using host = await startWith(
        platform,
        database.url,
        WebhooksModule.forRoot({
          secretsKey: 's'.repeat(32),
          outbound: { certificateAuthorities: receiver.certificate, allowedHosts: ['localhost'] },
          guards: [OPERATORS_ONLY],
          routePrefix: 'partners',
        }),
      );
      const place = `${host.url}/partners/admin/webhooks`;
      expect((await post(place, { url: receiver.url })).status).toBe(403);
      const { status, body } = await post(place, { url: receiver.url }, OPERATOR);
      expect(status).toBe(201);
      await host.app.get(ClientsService).create({ client_id: 'in-process' });
      await eventually(() => receiver.received.length > 0);
      const [message] = receiver.received;
      expect(message?.event).toMatchObject({ type: 'client.created', data: { client_id: 'in-process' } });
      expect(message && isSigned(message, String(body['signing_secret']))).toBe(true);
    }
    await using without = await startWith(platform, database.url);
    expect((await request(`${without.url}/partners/admin/webhooks`, { headers: OPERATOR })).status).toBe(404);
    expect(() => without.app.get(Dispatcher, { strict: false })).toThrow('Dispatcher');
    await without.app.get(ClientsService).create({ client_id: 'untold' });
    await without.app.get(Sealer, { strict: false }).seal();
    expect(receiver.received).toHaveLength(1);
  });
});

it.each([
  [{ secretsKey: 'short' }, 'Options of WebhooksModule: secretsKey must be 32 to 1024 characters, chosen at random.'],
  [{ outbound: { timeout: 0 } }, 'Options of WebhooksModule: outbound.timeout must be a whole number'],
  [{ secret: 'x' } as object, 'Options of WebhooksModule: unknown option secret.'],
] as [WebhooksModuleOptions, string][])(
  'an application does not start with the options %j',
  async (options, message) => {
    const started = startWith('Express', 'sqlite::memory:', WebhooksModule.forRoot(options));
    await expect(started).rejects.toThrow(message);
  },
);

it('two registries of one application have webhooks of their own', async () => {
  await using one = await SQLITE.open();
  await using other = await SQLITE.open();
  const registries = [one, other].map(({ url }, at) => {
    const mount = { dataSource: `r${at}`, routePrefix: `r${at}` };
    const typeOrm = TypeOrmModule.forRoot({ name: `r${at}`, ...dataSourceOptions(url, true), retryAttempts: 0 });
    return [typeOrm, ClientsModule.forRoot(mount), WebhooksModule.forRoot({ secretsKey: 's'.repeat(32), ...mount })];
  });
  await using host = await startHost('Express', { imports: registries.flat() });
  const body = { url: 'https://receiver.example.com/', disabled: true };
  expect((await post(`${host.url}/r0/admin/webhooks`, body)).status).toBe(201);
  const counts = ['r0', 'r1'].map(async (name) =>
    JSON.parse((await request(`${host.url}/${name}/admin/webhooks`)).text),
  );
  expect((await Promise.all(counts)).map((list: unknown[]) => list.length)).toEqual([1, 0]);
});
