import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { DataSource, QueryFailedError } from 'typeorm';
import { ClientStateService, OAuthError, runInTransaction, type ClientAnswer } from '../src/index.js';
import { DATABASES } from './support/databases.js';
import { hostDataSource, startInProcess } from './support/in-process.js';
import { use } from './support/use.js';
import { add } from './support/json-patch.js';

const bodyOf = ({ json }: ClientAnswer) => JSON.parse(json) as Record<string, string>;
class Refused extends Error {}

describe.each(DATABASES)('a transaction of the host, on $database', ({ isPostgres, open }) => {
  const host = use(async (keep) => keep(startInProcess(await keep(open()))));
  beforeEach(() => void host.events.splice(0));
  afterEach(async () => {
    await host.dataSource.query('DELETE FROM "partner"');
  });

  const types = () => host.events.map(({ type, clientId }) => `${type} ${clientId}`);
  const statusOf = (call: Promise<unknown>) =>
    call.then(
      () => 200,
      (error: unknown) => (error instanceof OAuthError ? error.getStatus() : Promise.reject(error as Error)),
    );

  it('commits a row of its own and a client together, and tells of it afterwards', async () => {
    const { secret, during } = await runInTransaction(host.dataSource, async (manager) => {
      await host.savePartner(manager, 'acme');
      const created = bodyOf(await host.clients.create({ client_id: 'acme' }, { manager }));
      expect(await host.secrets.verify('acme', created['client_secret'] ?? '', { manager })).toBe(true);
      return { secret: created['client_secret'] ?? '', during: [...types()] };
    });
    expect(during).toEqual([]);
    expect(await host.partners()).toEqual(['acme']);
    expect(await host.secrets.verify('acme', secret)).toBe(true);
    expect(types()).toEqual(['client.created acme']);
    const [event] = host.events;
    expect(event).toMatchObject({ type: 'client.created', clientId: 'acme', version: 1 });
    expect(JSON.parse(event?.document ?? '')).toMatchObject({ client_id: 'acme' });
    expect(JSON.stringify(event)).not.toContain(secret);
    expect(JSON.stringify(event)).not.toMatch(/"(client_secret|registration_access_token)"|\$sha256\$/);
  });

  it('rolls both back by an error after both, and tells nothing', async () => {
    await expect(
      runInTransaction(host.dataSource, async (manager) => {
        await host.savePartner(manager, 'gone');
        await host.clients.create({ client_id: 'gone' }, { manager });
        await host.clientSecrets.rotate('gone', {}, { manager });
        throw new Refused();
      }),
    ).rejects.toThrow(Refused);
    expect(await host.partners()).toEqual([]);
    expect(await statusOf(host.clients.get('gone'))).toBe(404);
    const leftovers =
      "SELECT (SELECT count(*) FROM oauth2_client_term WHERE client_id = 'gone') + (SELECT count(*) FROM oauth2_client_secret WHERE client_id = 'gone') AS total";
    expect(Number((await host.dataSource.query<[{ total: string }]>(leftovers))[0].total)).toBe(0);
    expect(types()).toEqual([]);
    // Nothing is kept for the next transaction, either.
    await runInTransaction(host.dataSource, (manager) => host.savePartner(manager, 'next'));
    expect(types()).toEqual([]);
  });

  it('takes every method of the services, which see what it has written', async () => {
    await runInTransaction(host.dataSource, async (manager) => {
      const within = { manager };
      await host.clients.create({ client_id: 'whole', owner: 'team-whole' }, within);
      expect(bodyOf(await host.clients.get('whole', within))['owner']).toBe('team-whole');
      expect((await host.clients.list({ owner: 'team-whole' }, within)).json).toContain('"whole"');
      const etag = (await host.clients.patch('whole', { client_name: 'W' }, 'application/merge-patch+json', within))
        .etag;
      expect(await statusOf(host.clients.replace('whole', {}, { manager, ifMatch: '"other"' }))).toBe(412);
      await host.clients.replace('whole', { client_name: 'Whole' }, { manager, ifMatch: etag });
      await host.clients.setLifespans('whole', { client_credentials_grant_access_token_lifespan: '5m' }, within);
      await host.clientSecrets.rotate('whole', { grace: '1h' }, within);
      await host.clientSecrets.add('whole', { label: 'blue' }, within);
      const listed = await host.clientSecrets.list('whole', within);
      expect(listed.map(({ label }) => label)).toEqual(['blue', null, null]);
      await host.clientSecrets.revoke('whole', listed[2]?.id ?? '', within);
      await host.clientSecrets.forgetOlder('whole', within);
      expect(await host.clientSecrets.list('whole', within)).toHaveLength(1);
      const states = host.context.get(ClientStateService, { strict: false });
      await states.suspend('whole', { reason: 'held' }, within);
      await states.resume('whole', within);
      await host.clients.create({ client_id: 'brief' }, within);
      await host.clients.remove('brief', within);
      await states.restore('brief', within);
    });
    expect(bodyOf(await host.clients.get('whole'))).toMatchObject({
      client_name: 'Whole',
      client_credentials_grant_access_token_lifespan: '5m',
    });
    expect(types()).toEqual([
      'client.created whole',
      ...Array<string>(3).fill('client.updated whole'),
      'client.updated whole',
      'client.secret.rotated whole',
      'client.updated whole',
      'client.secret.rotated whole',
      'client.updated whole',
      'client.updated whole',
      'client.updated whole',
      'client.suspended whole',
      'client.updated whole',
      'client.resumed whole',
      'client.created brief',
      'client.deleted brief',
      'client.restored brief',
    ]);
    expect(host.events.filter(({ clientId }) => clientId === 'whole').map(({ version }) => version)).toEqual([
      1, 2, 3, 4, 5, 5, 6, 6, 7, 8, 9, 9, 10, 10,
    ]);
  });

  it('goes on after a refusal that the host has caught', async () => {
    await runInTransaction(host.dataSource, async (manager) => {
      await host.clients.create({ client_id: 'twice' }, { manager });
      expect(await statusOf(host.clients.create({ client_id: 'twice' }, { manager }))).toBe(409);
      expect(await statusOf(host.clients.create('{"client_id": 5}', { manager }))).toBe(400);
      expect(await statusOf(host.clients.remove('nobody', { manager }))).toBe(404);
      await host.savePartner(manager, 'twice');
    });
    expect([await host.partners(), types()]).toEqual([['twice'], ['client.created twice']]);
  });

  it('is a part of the outer one when it stands within it', async () => {
    await runInTransaction(host.dataSource, async (manager) => {
      await host.clients.create({ client_id: 'outer' }, { manager });
      await runInTransaction(host.dataSource, async (inner) => {
        await host.clients.create({ client_id: 'inner-kept' }, { manager: inner });
      });
      await runInTransaction(host.dataSource, async (inner) => {
        await host.savePartner(inner, 'inner-gone');
        await host.clients.create({ client_id: 'inner-gone' }, { manager: inner });
        throw new Refused();
      }).catch(() => undefined);
      expect(types()).toEqual([]);
    });
    expect(await host.partners()).toEqual([]);
    expect(
      await Promise.all(['outer', 'inner-kept', 'inner-gone'].map((id) => statusOf(host.clients.get(id)))),
    ).toEqual([200, 200, 404]);
    expect(types()).toEqual(['client.created outer', 'client.created inner-kept']);
  });

  it('has parts that may be begun at once, each of which is whole or leaves nothing', async () => {
    const parts = ['p1', 'p2-gone', 'p3', 'p4-gone'];
    await runInTransaction(host.dataSource, async () => {
      const part = (name: string) =>
        runInTransaction(host.dataSource, async (manager) => {
          await runInTransaction(host.dataSource, (inner) =>
            host.clients.create({ client_id: name }, { manager: inner }),
          );
          await host.savePartner(manager, name);
          if (name.endsWith('gone')) throw new Refused();
        });
      const ended = await Promise.allSettled(parts.map(part));
      expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    });
    expect(await host.partners()).toEqual(['p1', 'p3']);
    expect(types()).toEqual(['client.created p1', 'client.created p3']);
    await host.clients.create({ client_id: 'after-parts' });
    expect(await statusOf(host.clients.get('p2-gone'))).toBe(404);
  });

  it('ends with its work: what outlives that begins one of its own', async () => {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const later = async () => {
      await gate;
      await runInTransaction(host.dataSource, (manager) => host.savePartner(manager, 'late'));
      await host.clients.create({ client_id: 'late' });
    };
    const done: Promise<void>[] = [];
    await runInTransaction(host.dataSource, async (manager) => {
      done.push(later());
      await host.savePartner(manager, 'first');
    });
    await runInTransaction(host.dataSource, async (manager) => {
      await host.savePartner(manager, 'gone');
      go();
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      throw new Refused();
    }).catch(() => undefined);
    await Promise.all(done);
    expect([await host.partners(), types()]).toEqual([['first', 'late'], ['client.created late']]);
  });

  it('waits for parts of it that its work has left behind', async () => {
    const parts: Promise<unknown>[] = [];
    await runInTransaction(host.dataSource, async (manager) => {
      await host.savePartner(manager, 'whole');
      parts.push(runInTransaction(host.dataSource, (part) => host.savePartner(part, 'part')));
    });
    expect(await host.partners()).toEqual(['part', 'whole']);
    await Promise.all(parts);
  });

  if (isPostgres)
    it('fails as the host’s own statements do when it cannot be serialised, so that it is tried again', async () => {
      await host.clients.create({ client_id: 'raced' });
      const secret = 'a secret of its own';
      const ending = host.dataSource.transaction('REPEATABLE READ', async (manager) => {
        await host.clients.get('raced', { manager });
        await host.clients.patch('raced', [{ op: 'replace', path: '/owner', value: 'outside' }]);
        await host.clients.patch('raced', { client_secret: secret }, 'application/merge-patch+json', { manager });
      });
      const error = await ending.then(
        () => undefined,
        (cause: unknown) => cause,
      );
      expect(error).toBeInstanceOf(QueryFailedError);
      expect((error as QueryFailedError<Error & { code: string }>).driverError.code).toBe('40001');
      expect(inspect(error, { depth: 9 })).not.toMatch(/\$2b\$/);
      expect(types()).toEqual(['client.created raced', 'client.updated raced']);
    });

  if (isPostgres)
    it('fails, and tells nothing, when a statement in it has failed and nobody has said so', async () => {
      const ending = runInTransaction(host.dataSource, async (manager) => {
        await host.clients.create({ client_id: 'ghost' }, { manager });
        await manager.query('SELECT * FROM nowhere').catch(() => undefined);
      });
      await expect(ending).rejects.toThrow('current transaction is aborted');
      expect([await statusOf(host.clients.get('ghost')), types()]).toEqual([404, []]);
    });

  it('stands for itself: of sixteen at once, each is whole or leaves nothing', async () => {
    const names = Array.from({ length: 16 }, (_, at) => `one-${String(at).padStart(2, '0')}`);
    await Promise.allSettled(
      names.map((name, at) =>
        runInTransaction(host.dataSource, async (manager) => {
          await host.clients.create({ client_id: name }, { manager });
          await host.savePartner(manager, name);
          if (at % 2 === 1) throw new Refused();
        }),
      ),
    );
    const kept = names.filter((_, at) => at % 2 === 0);
    expect(await host.partners()).toEqual(kept);
    const found = await Promise.all(names.map((name) => statusOf(host.clients.get(name))));
    expect(found).toEqual(names.map((name) => (kept.includes(name) ? 200 : 404)));
    expect(types().toSorted()).toEqual(kept.map((name) => `client.created ${name}`));
  });

  it('loses no change to one outside of it', async () => {
    await host.clients.create({ client_id: 'shared', metadata: {} });
    const patch = (name: string) => [add(`/metadata/${name}`, 1)];
    const names = Array.from({ length: 12 }, (_, at) => `k${at}`);
    await Promise.all(
      names.map((name, at) =>
        at % 2 === 0
          ? host.clients.patch('shared', patch(name))
          : runInTransaction(host.dataSource, (manager) =>
              host.clients.patch('shared', patch(name), undefined, { manager }),
            ),
      ),
    );
    const { metadata } = JSON.parse((await host.clients.get('shared')).json) as { metadata: object };
    expect(Object.keys(metadata).toSorted()).toEqual(names.toSorted());
  });

  it('is joined by the manager of a plain transaction, too', async () => {
    await host.dataSource
      .transaction(async (manager) => {
        await host.clients.create({ client_id: 'plain-gone' }, { manager });
        throw new Refused();
      })
      .catch(() => undefined);
    await host.dataSource.transaction((manager) => host.clients.create({ client_id: 'plain' }, { manager }));
    expect(await statusOf(host.clients.get('plain-gone'))).toBe(404);
    expect([await statusOf(host.clients.get('plain')), types()]).toEqual([200, ['client.created plain']]);
  });

  it('does not begin while the manager has not opened one', async () => {
    await host.clients.create({ client_id: 'alone' }, { manager: host.dataSource.manager });
    expect(types()).toEqual(['client.created alone']);
  });

  it('must be of the registry’s own DataSource', async () => {
    await using other = await open();
    const foreign = await new DataSource(hostDataSource(other)).initialize();
    await expect(runInTransaction(foreign, (manager) => host.clients.create({ client_id: 'astray' }, { manager })))
      .rejects.toThrow('The EntityManager is not of the DataSource that the client registry was given.')
      .finally(() => foreign.destroy());
    expect(await statusOf(host.clients.get('astray'))).toBe(404);
  });

  if (!isPostgres)
    it('has nothing of a change that failed half-way, though the host has caught it', async () => {
      const rename = (from: string, to: string) => `ALTER TABLE "${from}" RENAME TO "${to}"`;
      await runInTransaction(host.dataSource, async (manager) => {
        await manager.query(rename('oauth2_client_secret', 'hidden'));
        await expect(host.clients.create({ client_id: 'half' }, { manager })).rejects.toThrow('no such table');
        await manager.query(rename('hidden', 'oauth2_client_secret'));
      });
      expect([await statusOf(host.clients.get('half')), types()]).toEqual([404, []]);
    });

  if (!isPostgres)
    it('is refused with 503 when 256 others wait, and leaves nothing', async () => {
      const begin = (name: string) => runInTransaction(host.dataSource, (manager) => host.savePartner(manager, name));
      const others = Array.from({ length: 257 }, () => runInTransaction(host.dataSource, async () => undefined));
      expect(await statusOf(begin('refused'))).toBe(503);
      await Promise.all(others);
      await begin('after');
      expect(await host.partners()).toEqual(['after']);
    });

  if (!isPostgres)
    it('says so when its manager was forgotten, which would wait for itself', async () => {
      await expect(
        runInTransaction(host.dataSource, () => host.clients.create({ client_id: 'forgotten' })),
      ).rejects.toThrow('give its manager');
      expect(await statusOf(host.clients.get('forgotten'))).toBe(404);
    });
});
