import { Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ClientSecretsService, SecretsService, type SecretHasher } from '../src/index.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { post, tagOf } from './support/http.js';
import { IMPORTED_HASHES, IMPORTED_SECRET } from './support/imported-hashes.js';
import { startInProcess } from './support/in-process.js';
import { add, MERGE_PATCH } from './support/json-patch.js';
import { keptLog } from './support/log.js';
import { FAR, Subject } from './support/subject.js';
import { useService } from './support/use.js';

const SHORT = IMPORTED_HASHES.bcrypt;
const OTHER = IMPORTED_HASHES['PBKDF2 with SHA-1'];

async function storedOf({ dataSource }: Pick<RunningApp, 'dataSource'>, id: string): Promise<string[]> {
  const text = `SELECT hash FROM oauth2_client_secret WHERE client_id = '${id}'`;
  return (await dataSource.query<{ hash: string }[]>(text)).map(({ hash }) => hash);
}

describe.each(DATABASES)('client_secret_hash, on $database', ({ open }) => {
  const service = useService(startStandalone, open);
  const create = (hash: string) => Subject.create(service, { client_secret_hash: hash });

  it.each(Object.entries(IMPORTED_HASHES))('takes a secret over, and makes it its own: %s', async (_, hash) => {
    const method = { token_endpoint_auth_method: 'client_secret_post' };
    const subject = await Subject.create(service, { client_secret_hash: hash, ...method });
    const authenticated = async (secret: string) => {
      const form = { client_id: subject.id, client_secret: secret };
      return (await post(`${service.url}/admin/clients/authenticate`, { form })).status === 200;
    };
    expect(subject.secrets).toEqual([]);
    expect(await subject.list()).toMatchObject([{ hint: null, label: null, expires_at: 0 }]);
    const before = await subject.get();
    const rows = await service.rowCount();
    for (const verifies of [subject.verifies.bind(subject), authenticated])
      expect([await verifies('wrong horse'), await storedOf(service, subject.id)]).toEqual([
        false,
        [expect.stringMatching(/^\$ext\$/)],
      ]);
    for (const verifies of [authenticated, subject.verifies.bind(subject), authenticated]) {
      expect([await verifies(IMPORTED_SECRET), await verifies('wrong horse')]).toEqual([true, false]);
      expect(await storedOf(service, subject.id)).toEqual([expect.stringMatching(/^\$2b\$04\$/)]);
    }
    const after = await subject.get();
    expect([tagOf(after), after.text, await service.rowCount()]).toEqual([tagOf(before), before.text, rows]);
  });

  it.each([
    ['PUT', (subject: Subject, hash: string) => subject.send('PUT', '', { client_secret_hash: hash })],
    ['JSON Patch', (subject: Subject, hash: string) => subject.patch([add('/client_secret_hash', hash)])],
    ['merge patch', (subject: Subject, hash: string) => subject.patch({ client_secret_hash: hash }, MERGE_PATCH)],
  ])('replaces all secrets, and changes nothing when it is the current one: %s', async (_, send) => {
    const subject = await Subject.create(service);
    await subject.add();
    const first = await send(subject, SHORT);
    expect([first.status, first.text.includes('client_secret"'), first.text.includes('hash')]).toEqual([
      200,
      false,
      false,
    ]);
    const state = await subject.state();
    expect(await subject.working()).toEqual([false, false]);
    // The same hash, also under the other name of its version.
    for (const hash of [SHORT, SHORT.replace('$2y', '$2a')])
      expect([(await send(subject, hash)).status, await subject.state()]).toEqual([200, state]);
    expect((await send(subject, OTHER)).status).toBe(200);
    expect(await subject.state()).not.toEqual(state);
    expect(await subject.list()).toHaveLength(1);
    expect(await subject.verifies(IMPORTED_SECRET)).toBe(true);
  });

  it('is added as one more secret, which the answer does not show, and made the registry’s own', async () => {
    const subject = await Subject.create(service);
    const added = await subject.send('POST', '/secrets', {
      client_secret_hash: SHORT,
      label: 'legacy',
      expires_at: FAR,
    });
    expect([added.status, Object.keys(added.body).includes('client_secret'), added.text.includes('hash')]).toEqual([
      201,
      false,
      false,
    ]);
    expect(added.body).toMatchObject({ label: 'legacy', hint: null, expires_at: FAR });
    expect([await subject.verifies(IMPORTED_SECRET), await subject.working()]).toEqual([true, [true]]);
    expect((await subject.list()).map(({ id }) => id)).toEqual([added.body['id'], expect.any(String)]);
    expect((await storedOf(service, subject.id)).filter((stored) => stored.startsWith('$2b$04$'))).toHaveLength(1);
    const inProcess = await service.get(ClientSecretsService).add(subject.id, { client_secret_hash: OTHER });
    expect([inProcess.client_secret, 'client_secret' in inProcess.shown]).toEqual(['', false]);
  });

  it('is added under the rules of a create', async () => {
    const subject = await Subject.create(service);
    for (const [members, sentence] of [
      [{ client_secret: 'chosen by hand', client_secret_hash: SHORT }, 'and client_secret cannot both be set'],
      [{ client_secret_hash: SHORT.replace('$04', '$31') }, 'must have a cost of 4 to 15'],
      [{ client_secret_hash: 'x'.repeat(256) }, 'must not be longer than 255 characters'],
      [{ client_secret_hash: '$md5$x' }, 'must be a hash by bcrypt'],
    ] as const) {
      const { body, text } = await subject.refuses('POST', '/secrets', members);
      expect(body['error_description']).toContain(`client_secret_hash ${sentence}`);
      expect(text).not.toContain(SHORT.slice(-31));
    }
  });

  it('is refused beside client_secret, and where it cannot be compared', async () => {
    const subject = await create(SHORT);
    for (const [members, sentence] of [
      [
        { client_secret: 'chosen by hand', client_secret_hash: SHORT },
        'client_secret_hash and client_secret cannot both be set',
      ],
      [{ client_secret_hash: SHORT.replace('$04', '$31') }, 'client_secret_hash must have a cost of 4 to 15'],
      [
        { client_secret_hash: SHORT.replace('$04', '$31'), token_endpoint_auth_method: 'none' },
        'client_secret_hash must have',
      ],
    ] as const)
      for (const answer of [
        await subject.refuses('PUT', '', members),
        await post(`${service.url}/admin/clients`, members),
      ]) {
        const { status, body, text } = answer;
        expect([status, body['error'], body['error_description']]).toEqual([
          400,
          'invalid_client_metadata',
          expect.stringContaining(sentence),
        ]);
        expect(text).not.toContain(SHORT.slice(-31));
      }
  });

  it('is checked and not stored with a method that uses no secret, and is no member of the document', async () => {
    const subject = await Subject.create(service, { client_secret_hash: SHORT, token_endpoint_auth_method: 'none' });
    expect([await subject.list(), await subject.verifies(IMPORTED_SECRET)]).toEqual([[], false]);
    const removed = await subject.patch([{ op: 'remove', path: '/client_secret_hash' }]);
    expect([removed.status, removed.text]).toEqual([200, (await subject.get()).text]);
  });

  it('stays as it is within a transaction of the host, which may have locked the row', async () => {
    const subject = await create(OTHER);
    await service.dataSource.transaction(async (manager) => {
      expect(await service.get(SecretsService).verify(subject.id, IMPORTED_SECRET, { manager })).toBe(true);
    });
    expect(await storedOf(service, subject.id)).toEqual([`$ext${OTHER}`]);
  });
});

describe('an imported hash', () => {
  it('is kept for ever with REHASH_IMPORTED=false', async () => {
    await using database = await SQLITE.open();
    await using service = await startStandalone({ database, environment: { REHASH_IMPORTED: 'false' } });
    const subject = await Subject.create(service, { client_secret_hash: OTHER });
    expect([await subject.verifies(IMPORTED_SECRET), await storedOf(service, subject.id)]).toEqual([
      true,
      [`$ext${OTHER}`],
    ]);
  });

  it('lets the client authenticate while it cannot be replaced, and a line of the log says so', async () => {
    await using database = await SQLITE.open();
    const { logger, text } = keptLog();
    await using service = await startStandalone({ database, logger });
    const subject = await Subject.create(service, { client_secret_hash: OTHER });
    await service.dataSource.query(
      `CREATE TRIGGER full BEFORE UPDATE OF hash ON oauth2_client_secret BEGIN SELECT RAISE(ABORT, 'full'); END`,
    );
    expect([await subject.verifies(IMPORTED_SECRET), await storedOf(service, subject.id)]).toEqual([
      true,
      [`$ext${OTHER}`],
    ]);
    expect(text()).toContain('The imported hash of a secret could not be replaced.');
    expect(text()).not.toContain(OTHER.slice(-20));
    await service.dataSource.query('DROP TRIGGER full');
    expect([await subject.verifies(IMPORTED_SECRET), await storedOf(service, subject.id)]).toEqual([
      true,
      [expect.stringMatching(/^\$2b\$04\$/)],
    ]);
  });

  it('is replaced once by the form of the host’s hasher, and not where the row has another hash by then', async () => {
    await using database = await SQLITE.open();
    let hashed = 0;
    let meanwhile: () => Promise<unknown> = async () => undefined;
    const hasher: SecretHasher = {
      hash: async (secret) => {
        hashed += 1;
        await meanwhile();
        return `$argon2id$${secret}`;
      },
      matches: async (secret, stored) => stored === `$argon2id$${secret}`,
    };
    const HASHER = Symbol('hasher');
    @Module({ providers: [{ provide: HASHER, useValue: hasher }], exports: [HASHER] })
    class HasherModule {}
    await using host = await startInProcess(database, { imports: [HasherModule], secretHasher: HASHER });
    await host.clients.create({ client_id: 'calm', client_secret_hash: OTHER });
    const before = hashed;
    const verified = () => host.secrets.verify('calm', IMPORTED_SECRET);
    expect(await Promise.all(Array.from({ length: 8 }, verified))).toEqual(Array(8).fill(true));
    // A form of the host's own is never taken for an imported one.
    expect([await verified(), await storedOf(host, 'calm'), hashed - before]).toEqual([
      true,
      [`$argon2id$${IMPORTED_SECRET}`],
      1,
    ]);
    await host.clients.create({ client_id: 'raced', client_secret_hash: OTHER });
    meanwhile = () =>
      host.dataSource.query(`UPDATE oauth2_client_secret SET hash = '$ext${SHORT}' WHERE client_id = 'raced'`);
    expect([await host.secrets.verify('raced', IMPORTED_SECRET), await storedOf(host, 'raced')]).toEqual([
      true,
      [`$ext${SHORT}`],
    ]);
  });
});
