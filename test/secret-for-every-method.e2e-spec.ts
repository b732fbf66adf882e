import { describe, expect, it } from '@jest/globals';
import { startEmbedded, startStandalone, type RunningApp } from './support/app.js';
import { DATABASES, SQLITE } from './support/databases.js';
import { postClient, tagOf, versionOf } from './support/http.js';
import { GENERATED, PUBLIC_KEY, Subject } from './support/subject.js';
import { useService } from './support/use.js';

const METHODS = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth', 'none'];
const members = (method: string) => ({
  token_endpoint_auth_method: method,
  jwks: { keys: [PUBLIC_KEY] },
  tls_client_auth_san_dns: 'orders.example.com',
});

/** Expects a client to have no secret that could authenticate it. */
async function expectNoSecret(subject: Subject, shown: string): Promise<void> {
  expect(await subject.list()).toEqual([]);
  expect(await subject.verifies(shown)).toBe(false);
  expect((await subject.get()).text).not.toContain(shown);
}

async function created(service: RunningApp, body: object): Promise<[Subject, shown: string]> {
  const subject = await Subject.create(service, body);
  return [subject, subject.secret];
}

describe.each(DATABASES)('SECRET_FOR_EVERY_METHOD, on $database', ({ open }) => {
  const service = useService(startStandalone, open, { environment: { SECRET_FOR_EVERY_METHOD: 'true' } });

  it.each(METHODS)('shows a client of %s a secret once, which never authenticates', async (method) => {
    const [subject, shown] = await created(service, members(method));
    expect(shown).toMatch(GENERATED);
    await expectNoSecret(subject, shown);
    const [chosen, echoed] = await created(service, { ...members(method), client_secret: 'chosen by hand' });
    expect(echoed).toBe('chosen by hand');
    await expectNoSecret(chosen, echoed);
  });

  it.each(METHODS)('lets a loop send that secret of %s back without changing anything', async (method) => {
    const [subject, shown] = await created(service, members(method));
    expect(shown).toMatch(GENERATED);
    const before = await subject.get();
    const again = await subject.send('PUT', '', { ...before.body, client_secret: shown });
    expect([again.status, tagOf(again)]).toEqual([200, tagOf(before)]);
    const renamed = await subject.send('PUT', '', { ...before.body, client_secret: shown, client_name: 'Renamed' });
    expect([renamed.status, versionOf(tagOf(renamed))]).toEqual([200, 2]);
    await expectNoSecret(subject, shown);
  });

  it('changes nothing for a method with secrets', async () => {
    const [subject, secret] = await created(service, {});
    expect([secret, await subject.working()]).toEqual([expect.stringMatching(GENERATED), [true]]);
    expect(await subject.list()).toHaveLength(1);
  });
});

describe('a secret for every method', () => {
  const standalone = useService(startStandalone, SQLITE.open);
  const embedded = useService(startEmbedded, SQLITE.open, {
    options: { secrets: { bcryptCost: 4, forEveryMethod: true } },
  });

  it('is not given unless it is asked for', async () => {
    for (const method of METHODS) {
      const { status, body } = await postClient(standalone.url, {
        ...members(method),
        client_secret: 'chosen by hand',
      });
      expect([status, body['client_secret']]).toEqual([201, undefined]);
    }
  });

  it('is an option of the module', async () => {
    const [subject, shown] = await created(embedded, members('private_key_jwt'));
    expect(shown).toMatch(GENERATED);
    await expectNoSecret(subject, shown);
  });
});
