import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { ClientsService, SecretsService, type ClientAnswer } from '../src/index.js';
import { ALL_SETTINGS } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { getClient, post, postClient, request } from './support/http.js';
import { IMPORTED_HASHES } from './support/imported-hashes.js';
import { startProcess } from './support/process.js';

const SECRET = 'correct horse battery staple';
const LONG = 'l0ng'.repeat(50);
const HASH = /\$(2[abxy]|sha256|bcrypt-sha256|ext)\$/;

function expectNoSecret(text: string, secrets: string[]): void {
  expect(text).not.toMatch(HASH);
  for (const secret of secrets) expect(text).not.toContain(secret);
}

describe.each(DATABASES)('nothing that leaves the process, on $database,', ({ open }) => {
  it('holds a secret or a hash, but the one answer that hands it out', async () => {
    await using database = await open();
    await using service = await startProcess({
      DATABASE_URL: database.url,
      DATABASE_MIGRATE: 'true',
      LOG_LEVEL: 'trace',
    });
    const chosen = await postClient(service.url, { client_id: 'chosen', client_secret: SECRET });
    const generated = await postClient(service.url, { client_id: 'generated' });
    const { bcrypt, scrypt } = IMPORTED_HASHES;
    const imported = await postClient(service.url, { client_id: 'imported', client_secret_hash: scrypt });
    const keyBody = { name: 'secrecy', scopes: ['clients:read'] };
    const { key } = (await post(`${service.url}/admin/keys`, keyBody)).body;
    const { token } = (await post(`${service.url}/admin/registration-tokens`, { label: 'secrecy' })).body;
    const digests = [key, token].map((one) => createHash('sha256').update(String(one)).digest('hex'));
    const hashes = [bcrypt.slice(-31), scrypt.split('$')[3] ?? '', scrypt.slice(-40), scrypt.slice(-86, -46)];
    const tokens = [chosen, generated].map(({ body }) => String(body['registration_access_token']));
    const secrets = [
      SECRET,
      LONG,
      String(generated.body['client_secret']),
      String(key),
      String(token),
      ...digests,
      ...tokens,
      ...hashes,
    ];
    const answers = [
      await getClient(service.url, 'chosen'),
      await getClient(service.url, 'generated'),
      imported,
      await getClient(service.url, 'imported'),
      await request(`${service.url}/admin/clients/imported/secrets`),
      await request(`${service.url}/admin/clients?fields=client_secret_hash`),
      await postClient(service.url, { client_secret_hash: scrypt.replace('r=8', 'r=99') }),
      await postClient(service.url, { client_secret_hash: bcrypt, client_secret: SECRET }),
      await postClient(service.url, { client_secret_hash: bcrypt, logo_uri: 'x' }),
      await post(`${service.url}/admin/clients`, `{"client_secret_hash": ${bcrypt}}`),
      await request(`${service.url}/admin/clients/imported`, { method: 'DELETE' }),
      await request(`${service.url}/admin/clients/${encodeURIComponent(SECRET)}/history`),
      await request(`${service.url}/admin/clients/${LONG}`, { method: 'PUT', body: { client_secret: SECRET } }),
      await post(`${service.url}/admin/clients/imported/restore`),
      await request(`${service.url}/admin/keys`),
      await request(`${service.url}/admin/registration-tokens`),
      await request(`${service.url}/admin/registration-tokens/${String(token)}`),
      await post(`${service.url}/admin/registration-tokens`, { label: token, policy: `${String(token)} ` }),
      await request(`${service.url}/admin/expiring?within=366d`),
      await request(`${service.url}/admin/keys?${String(key)}`),
      await request(`${service.url}/admin/keys/${String(key)}`),
      await post(`${service.url}/admin/keys`, `{"name":"${String(key)}`),
      await post(`${service.url}/admin/keys`, { ...keyBody, scopes: 'x', key }),
      await post(`${service.url}/admin/clients`, { client_secret: key }),
      await postClient(service.url, { client_id: 'chosen', client_secret: SECRET }),
      await postClient(service.url, { client_secret: SECRET, logo_uri: 'x' }),
      await postClient(service.url, { client_secret: LONG.repeat(6) }),
      await post(`${service.url}/admin/clients`, `{"client_secret":"${SECRET}"`),
      await post(`${service.url}/admin/clients`, `{"client_secret": ${SECRET}}`),
      await post(`${service.url}/admin/clients`, `{"client_secret":["${SECRET}"]}`),
      await request(`${service.url}/admin/clients/chosen`, { method: 'DELETE' }),
      await request(`${service.url}/admin/tombstones`),
      await post(`${service.url}/admin/clients/chosen/restore`),
      await request(`${service.url}/admin/clients/chosen/history`),
      await request(`${service.url}/admin/changes`),
    ];
    for (const { text, headers } of [...answers, { text: '', headers: { ...chosen.headers, ...generated.headers } }])
      expectNoSecret(text + JSON.stringify(headers), secrets);
    const pages = await Promise.all(
      ['/openapi.json', '/docs', '/docs/swagger-ui-init.js', '/health/ready', '/metrics'].map(
        async (path) => (await request(service.url + path)).text,
      ),
    );
    expectNoSecret(pages.join('\n'), secrets.slice(1));
    await service.end('SIGTERM');
    expect(service.output()).toContain('Admin API on');
    expect(service.output()).toContain('"route":"/admin/clients/:id/history","status":404');
    expectNoSecret(service.output(), secrets);
  });
});

describe.each(ALL_SETTINGS)('nothing that is logged, $setting,', ({ start, open }) => {
  it('shows secrets, in inspect output or when a statement fails', async () => {
    const lines: unknown[] = [];
    const keep = (...parts: unknown[]) => void lines.push(...parts);
    await using database = await open();
    await using service = await start({
      database,
      logger: { log: keep, error: keep, warn: keep, debug: keep, verbose: keep },
    });
    const answer: ClientAnswer = await service.get(ClientsService).create({ client_secret: SECRET });
    expect(answer.json).toContain(SECRET);
    expectNoSecret(
      inspect(answer, { depth: 9, showHidden: true, customInspect: false, getters: false }) +
        inspect({ answer }, { depth: 9 }) +
        JSON.stringify({ answer }) +
        inspect(service.get(ClientsService), { depth: 4 }) +
        inspect(service.get(SecretsService), { depth: 4, showHidden: true }),
      [SECRET],
    );
    await service.get(ClientsService).create({ client_id: 'removed', client_secret: SECRET });
    await service.get(ClientsService).remove('removed');
    await service.dataSource.query('ALTER TABLE oauth2_client_secret RENAME COLUMN hint TO gone');
    for (const failing of [
      () => postClient(service.url, { client_secret: LONG, client_name: 'unlucky' }),
      () => postClient(service.url, { client_secret_hash: IMPORTED_HASHES.bcrypt, client_name: 'unlucky' }),
      () => post(`${service.url}/admin/clients/removed/restore`),
    ]) {
      lines.length = 0;
      const { status, body, text } = await failing();
      expect([status, body['error']]).toEqual([500, 'server_error']);
      expect(lines.length).toBeGreaterThan(0);
      expectNoSecret(text + lines.map((line) => inspect(line, { depth: 9 })).join('\n'), [
        SECRET,
        LONG,
        IMPORTED_HASHES.bcrypt.slice(-31),
      ]);
    }
  });
});
