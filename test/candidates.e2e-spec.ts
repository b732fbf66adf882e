import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ClientAuthenticator } from '../src/index.js';
import { labelOf, PreparedDatabase } from '../src/database/sql/prepared-database.js';
import { startStandalone, type RunningApp } from './support/app.js';
import { stopDate } from './support/clock.js';
import { DATABASES, POSTGRES } from './support/databases.js';
import { IMPORTED_HASHES, IMPORTED_SECRET } from './support/imported-hashes.js';
import { spyOnReads } from './support/reads.js';
import { Subject } from './support/subject.js';
import { use, useService } from './support/use.js';

const ROUNDS = 20;
const SECOND = 1000;

/** Whether the service authenticates a client by a secret. */
function authenticates(service: RunningApp, { id }: Subject, secret: string): Promise<boolean> {
  const form = { client_id: id, client_secret: secret };
  return service
    .get(ClientAuthenticator)
    .authenticate({ form })
    .then(
      () => true,
      () => false,
    );
}

const BY_POST = { token_endpoint_auth_method: 'client_secret_post' };

describe.each(DATABASES)('a client that was just authenticated, on $database,', ({ open }) => {
  const services = use(async (keep) => {
    const database = await keep(open());
    return { one: await keep(startStandalone({ database })), other: await keep(startStandalone({ database })) };
  });
  beforeAll(stopDate);

  it('is authenticated as another service left it, be it changed, removed or restored', async () => {
    const { one, other } = services;
    const subject = await Subject.create(other, BY_POST);
    const works = (secret: string) => authenticates(one, subject, secret);
    for (let round = 0; round < ROUNDS; round += 1) {
      const former = String(subject.secrets.at(-1));
      expect(await works(former)).toBe(true);
      await subject.rotate();
      await subject.revoke(String((await subject.list())[1]?.id));
      const current = String(subject.secrets.at(-1));
      expect([await works(former), await works(current)]).toEqual([false, true]);
      await subject.send('PUT', '/suspension', {});
      expect(await works(current)).toBe(false);
      await subject.send('DELETE', '/suspension');
      expect(await works(current)).toBe(true);
      await subject.send('DELETE');
      expect(await works(current)).toBe(false);
      await subject.send('POST', '/restore');
      expect(await works(current)).toBe(true);
    }
  });

  it('is another one when it was removed, and created again under its id', async () => {
    const { one, other } = services;
    const create = () => Subject.create(other, { ...BY_POST, client_id: 'again' });
    const first = await create();
    expect(await authenticates(one, first, first.secret)).toBe(true);
    await first.send('DELETE');
    const second = await create();
    expect(await authenticates(one, first, first.secret)).toBe(false);
    expect(await authenticates(one, second, second.secret)).toBe(true);
  });
});

describe('a client that was authenticated in the same second, on PostgreSQL,', () => {
  const service = useService(startStandalone, POSTGRES.open);
  beforeAll(stopDate);

  /** The labels of the statements that read while `work` is done. */
  async function readsOf(work: () => Promise<unknown>): Promise<string[]> {
    const spies = await spyOnReads(service.get(PreparedDatabase));
    await work();
    const labels = spies.flatMap(({ mock }) => mock.calls.map(([query]) => labelOf(query)));
    for (const spy of spies) spy.mockRestore();
    return labels.filter((label) => label.startsWith('authenticate'));
  }

  it('is read whole only when it has changed, or when the second is over', async () => {
    const subject = await Subject.create(service, BY_POST);
    const authenticate = () => authenticates(service, subject, subject.secret);
    const [whole, version] = ['authenticate', 'authenticate_version'];
    expect(await readsOf(authenticate)).toEqual([whole]);
    expect(await readsOf(authenticate)).toEqual([version]);
    await subject.patch([{ op: 'replace', path: '/client_name', value: 'Changed' }]);
    expect(await readsOf(authenticate)).toEqual([version, whole]);
    expect(await readsOf(authenticate)).toEqual([version]);
    jest.setSystemTime(Date.now() + SECOND);
    expect(await readsOf(authenticate)).toEqual([whole]);
  });

  it('is seen a second later as somebody has left it in the tables by hand', async () => {
    const subject = await Subject.create(service, BY_POST);
    expect(await authenticates(service, subject, subject.secret)).toBe(true);
    await service.dataSource.query(`DELETE FROM oauth2_client_secret WHERE client_id = '${subject.id}'`);
    jest.setSystemTime(Date.now() + SECOND);
    expect(await authenticates(service, subject, subject.secret)).toBe(false);
  });

  it('gets a hash of its own for an imported one once', async () => {
    const subject = await Subject.create(service, { ...BY_POST, client_secret_hash: IMPORTED_HASHES.bcrypt });
    const changes = jest.spyOn(service.get(PreparedDatabase), 'change');
    for (let round = 0; round < ROUNDS; round += 1)
      expect(await authenticates(service, subject, IMPORTED_SECRET)).toBe(true);
    const replacements = changes.mock.calls.filter(([[query]]) => labelOf(query) === 'secret_own');
    changes.mockRestore();
    expect(replacements).toHaveLength(1);
  });
});
