import { describe, expect, it } from '@jest/globals';
import type { CanActivate, ExecutionContext, LoggerService } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessGuard, AUTHENTICATORS, ClientsModule, readRegistryBodiesRaw } from '../src/index.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { WebhooksModule } from '../src/webhooks.js';
import { SQLITE } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { PLATFORMS, startHost, type Platform } from './support/host.js';
import { as, HONEST } from './support/principals.js';
import { post, rawRequest, request } from './support/http.js';

interface Line {
  level: string;
  text: string;
}

/** A guard of the host that is broken for some. */
const BROKEN: CanActivate = {
  canActivate: (context: ExecutionContext) => {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['x-break'] !== undefined) throw new Error('broken');
    return true;
  },
};

/** A host whose logger keeps its lines. */
async function startLogged(platform: Platform, requestLog?: boolean) {
  const database = await SQLITE.open();
  const all: Line[] = [];
  const keep =
    (level: string) =>
    (text: unknown, ...rest: unknown[]) =>
      void (rest.at(-1) === 'ClientRegistry' && all.push({ level, text: String(text) }));
  const levels = ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'];
  const logger = Object.fromEntries(levels.map((level) => [level, keep(level)])) as unknown as LoggerService;
  const access = {
    module: class {},
    providers: [{ provide: AUTHENTICATORS, useValue: [HONEST] }],
    exports: [AUTHENTICATORS],
  };
  const mount = { guards: [BROKEN, AccessGuard], imports: [access], ...(requestLog !== undefined && { requestLog }) };
  const host = await startHost(
    platform,
    {
      imports: [
        TypeOrmModule.forRoot({ ...dataSourceOptions(database.url, true), retryAttempts: 0 }),
        ClientsModule.forRoot({ secrets: { bcryptCost: 4 }, ...mount }),
        WebhooksModule.forRoot({ secretsKey: 's'.repeat(32), ...mount }),
      ],
    },
    (app) => {
      app.setGlobalPrefix('shop');
      readRegistryBodiesRaw(app);
    },
    { logger },
  );
  const close = async () => {
    await host.close();
    await database[Symbol.asyncDispose]();
  };
  return { url: `${host.url}/shop`, all, [Symbol.asyncDispose]: close };
}

const ME = as({ id: 'an operator' });

describe.each(PLATFORMS)('the request log of a host on $platform', ({ platform }) => {
  it('is off unless it is asked for', async () => {
    await using host = await startLogged(platform);
    expect((await post(`${host.url}/admin/clients`, {}, ME)).status).toBe(201);
    expect(host.all).toEqual([]);
  });

  it('is one line about each request of a route, those of webhooks and refusals included, with nothing secret', async () => {
    await using host = await startLogged(platform, true);
    const secret = 'a secret that somebody chose';
    const body = { client_id: 'a\n"b', client_secret: secret };
    const created = await post(`${host.url}/admin/clients`, body, ME);
    const id = encodeURIComponent(body.client_id);
    await request(`${host.url}/admin/clients/${id}?${secret}`, { headers: ME });
    await request(`${host.url}/admin/clients/${secret}`, { headers: ME });
    await request(`${host.url}/clients/${id}`, { headers: { authorization: '' } });
    await request(`${host.url}/admin/webhooks`, { headers: ME });
    await rawRequest(`${host.url}/admin/clients/${id}`, { method: 'HEAD', headers: ME });
    await eventually(() => host.all.length === 6);
    const shown = (members: string) => ({
      level: 'log',
      text: expect.stringMatching(new RegExp(`^request ${members.replaceAll('MS', String.raw`ms=[\d.]+`)}$`)),
    });
    const route = 'route="/shop/admin/clients/:id"';
    const client = String.raw`client_id="a\\n\\"b"`;
    const who = 'principal="\\w+ an operator"';
    expect(host.all).toEqual([
      shown(
        `${who} method="POST" route="/shop/admin/clients" ${client} status=201 MS bytes=${Buffer.byteLength(created.text)}`,
      ),
      shown(`${who} method="GET" ${route} ${client} status=200 MS bytes=\\d+`),
      shown(`${who} method="GET" ${route} status=404 MS bytes=\\d+`),
      shown(`method="GET" route="/shop/clients/:id" status=401 MS bytes=\\d+`),
      shown(`${who} method="GET" route="/shop/admin/webhooks" status=200 MS bytes=\\d+`),
      shown(`${who} method="HEAD" ${route} ${client} status=200 MS bytes=0`),
    ]);
    expect(JSON.stringify(host.all)).not.toContain(secret);
    expect(JSON.stringify(host.all)).not.toContain('Bearer');
  });

  it('is an error where the host fails', async () => {
    await using host = await startLogged(platform, true);
    await rawRequest(`${host.url}/admin/clients`, { headers: { ...ME, 'x-break': 'yes' } });
    await eventually(() => host.all.length === 1);
    expect(host.all).toEqual([{ level: 'error', text: expect.stringContaining('status=500') }]);
  });
});
