import { Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import type { SecretHasher } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { DATABASES } from './support/databases.js';
import { tagOf, type Answer } from './support/http.js';
import { startInProcess } from './support/in-process.js';
import { add, MERGE_PATCH } from './support/json-patch.js';
import { FAR, Subject } from './support/subject.js';
import { use, useDatabase, useService } from './support/use.js';

const CHOSEN = 'correct horse battery staple';

/** A hasher that keeps secrets as they are, and lets a test do something while it works. */
class SlowHasher implements SecretHasher {
  compared = 0;
  hashed = 0;
  /** Happens once, while a secret is hashed or compared. */
  readonly meanwhile: { hash?: () => Promise<unknown>; compare?: () => Promise<unknown> } = {};

  async hash(secret: string): Promise<string> {
    this.hashed += 1;
    const { hash } = this.meanwhile;
    delete this.meanwhile.hash;
    await hash?.();
    return `$plain$${secret}`;
  }

  async matches(secret: string, stored: string): Promise<boolean> {
    this.compared += 1;
    const { compare } = this.meanwhile;
    delete this.meanwhile.compare;
    await compare?.();
    return stored === `$plain$${secret}`;
  }
}

describe.each(DATABASES)('a client_secret that is the current one already, on $database', ({ open }) => {
  const service = useService(startStandalone, open);

  /** A client with an older valid secret, all it says, and its current secret. */
  async function prepared(chosen?: string): Promise<{ subject: Subject; whole: object; secret: string; etag: string }> {
    const subject = await Subject.create(service, { client_name: 'a' });
    const { body } = await subject.add(chosen ? { client_secret: chosen } : {});
    const answer = await subject.get();
    const secret = String(body['client_secret']);
    return { subject, whole: { ...answer.body, client_secret: secret }, secret, etag: tagOf(answer) };
  }

  const ways: [string, (subject: Subject, whole: object, secret: string) => Promise<Answer>][] = [
    ['PUT', (subject, whole) => subject.send('PUT', '', whole)],
    ['JSON Patch', (subject, _, secret) => subject.patch([add('/client_secret', secret)])],
    ['merge patch', (subject, _, secret) => subject.patch({ client_secret: secret }, MERGE_PATCH)],
  ];

  it.each(
    ways.flatMap(([way, send]) => [
      { way, kind: 'chosen', chosen: CHOSEN, send },
      { way, kind: 'generated', chosen: undefined, send },
    ]),
  )('changes nothing and is echoed: $way, $kind', async ({ chosen, send }) => {
    const { subject, whole, secret, etag } = await prepared(chosen);
    const before = await subject.state();
    for (let round = 0; round < 2; round += 1) {
      const answer = await send(subject, whole, secret);
      expect([answer.status, tagOf(answer), answer.body['client_secret']]).toEqual([200, etag, secret]);
    }
    expect([await subject.state(), await subject.working()]).toEqual([before, [true, true]]);
  });

  it('lets what else changes make a version, and keeps the secrets', async () => {
    const { subject, whole, secret, etag } = await prepared(CHOSEN);
    const before = await subject.list();
    const answer = await subject.send('PUT', '', { ...whole, client_name: 'b' });
    expect([answer.status, answer.body['client_name'], answer.body['client_secret']]).toEqual([200, 'b', secret]);
    expect(tagOf(answer)).not.toBe(etag);
    expect(await subject.list()).toEqual(before);
  });

  it('stays ended, and its past client_secret_expires_at is no fault, until another end is set', async () => {
    const subject = await Subject.create(service, { client_secret: CHOSEN });
    await subject.endCurrent();
    const before = await subject.state();
    const { body } = await subject.get();
    for (const sent of [{ ...body, client_secret: CHOSEN }, { client_secret: CHOSEN }]) {
      const answer = await subject.send('PUT', '', sent);
      expect([answer.status, answer.body['client_secret_expires_at'], answer.body['client_secret']]).toEqual([
        200,
        1,
        CHOSEN,
      ]);
      expect([await subject.state(), await subject.verifies(CHOSEN)]).toEqual([before, false]);
    }
    await subject.refuses('PUT', '', { client_secret: CHOSEN, client_secret_expires_at: 2 });
    expect((await subject.send('PUT', '', { client_secret: CHOSEN, client_secret_expires_at: FAR })).status).toBe(200);
    expect([await subject.ends(), await subject.verifies(CHOSEN)]).toEqual([[FAR], true]);
  });

  it('is new when it is an older one or another: then it is the only one, and a past end is a fault', async () => {
    const { subject, whole } = await prepared(CHOSEN);
    for (const secret of [subject.secret, 'tr0ub4dor&3', CHOSEN]) {
      await subject.send('PUT', '', { ...whole, client_secret: secret });
      expect([(await subject.list()).length, await subject.verifies(secret)]).toEqual([1, true]);
    }
    await subject.endCurrent();
    const { body } = await subject.refuses('PUT', '', { client_secret: 'new one', client_secret_expires_at: 1 });
    expect(body['errors']).toEqual([{ pointer: '/client_secret_expires_at', detail: expect.any(String) }]);
  });
});

describe.each(DATABASES)('the slow work of a change, on $database', ({ open }) => {
  const database = useDatabase(open);
  const hasher = new SlowHasher();
  const HASHER = Symbol('hasher');
  @Module({ providers: [{ provide: HASHER, useValue: hasher }], exports: [HASHER] })
  class HasherModule {}
  const host = use((keep) => keep(startInProcess(database, { imports: [HasherModule], secretHasher: HASHER })));

  /** What the registry did while `change` ran: how often it compared and hashed, and which events it published. */
  async function watched(change: () => Promise<unknown>): Promise<unknown[]> {
    const [compared, hashed] = [hasher.compared, hasher.hashed];
    host.events.length = 0;
    await change();
    return [hasher.compared - compared, hasher.hashed - hashed, host.events.map(({ type }) => type)];
  }

  const created = async () => (await host.clients.create({ client_name: 'a', client_secret: CHOSEN })).id;
  const rename = (id: string) => () => host.clients.patch(id, [add('/client_name', 'b')]);
  const versionOf = async (id: string) => Number((await host.clients.get(id)).etag.split('.')[1]);

  it('compares a stored secret once, and lets other changes of the client pass meanwhile', async () => {
    const id = await created();
    hasher.meanwhile.compare = rename(id);
    const patch = [add('/owner', 'o'), add('/client_secret', CHOSEN)];
    expect(await watched(() => host.clients.patch(id, patch))).toEqual([1, 0, ['client.updated', 'client.updated']]);
    const { client } = await host.clients.get(id);
    expect([client.client_name, client.owner, await versionOf(id)]).toEqual(['b', 'o', 3]);
  });

  it('compares with the secret that is the current one when the change is written', async () => {
    const id = await created();
    hasher.meanwhile.compare = () => host.clientSecrets.add(id, { client_secret: 'another secret' });
    const work = await watched(() => host.clients.replace(id, { client_secret: CHOSEN }));
    expect(work).toEqual([
      2,
      2,
      ['client.updated', 'client.secret.rotated', 'client.updated', 'client.secret.rotated'],
    ]);
    expect(await host.clientSecrets.list(id)).toHaveLength(1);
  });

  it.each([
    ['PUT', (id: string) => host.clients.replace(id, { owner: 'o', client_secret: 'a new secret' })],
    ['add', (id: string) => host.clientSecrets.add(id, { client_secret: 'a new secret' })],
  ])('hashes a new secret once, and lets other changes pass meanwhile: %s', async (_, change) => {
    const id = await created();
    hasher.meanwhile.hash = rename(id);
    const [, hashed] = await watched(() => change(id));
    expect([hashed, await versionOf(id), await host.secrets.verify(id, 'a new secret')]).toEqual([1, 3, true]);
  });

  it('compares and hashes nothing for a request that is refused', async () => {
    const id = await created();
    const refused = [
      () => host.clients.replace('nobody', { client_secret: CHOSEN }),
      () => host.clients.replace(id, { client_secret: CHOSEN }, { ifMatch: '"old"' }),
      () => host.clients.patch(id, [add('/client_secret', CHOSEN), add('/scope', 1)]),
      () => host.clients.replace(id, { client_secret: CHOSEN, client_secret_expires_at: 1 }),
    ];
    for (const change of refused) expect(await watched(() => expect(change()).rejects.toThrow())).toEqual([0, 0, []]);
  });
});
