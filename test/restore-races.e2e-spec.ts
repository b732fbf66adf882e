import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ClientsService, ClientStateService, runInTransaction, type Actor } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { POSTGRES } from './support/databases.js';
import { useService } from './support/use.js';

/** The lock at which a trigger stops writers, after their statement has seen the database and before they write. */
const GATE = 1;
const actorOf = (owner: string): Actor => ({ type: 'host', id: owner, name: owner, owner });
const [a, b] = [actorOf('a'), actorOf('b')];

describe('an id that is created and removed while a statement waits, on PostgreSQL', () => {
  const service = useService(startStandalone, POSTGRES.open);

  /**
   * Stops the one writer of `id` that `isStopped` names, an expression on the row NEW, behind what its statement has seen. Meanwhile another
   * client gets the id, and its removal is committed when the writer waits for it.
   */
  async function overtaken<T>(id: string, isStopped: string, write: () => Promise<T>): Promise<T> {
    const clients = service.get(ClientsService);
    const operator = new pg.Client({ connectionString: service.database.url });
    await operator.connect();
    const untilWaiting = async (): Promise<void> => {
      const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await operator.query(waits)).rowCount === 0);
    };
    try {
      await operator.query(`CREATE OR REPLACE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.id = '${id}' AND ${isStopped} THEN PERFORM pg_advisory_xact_lock(${GATE}); END IF; RETURN NEW; END $$`);
      await operator.query(
        'CREATE OR REPLACE TRIGGER stop BEFORE INSERT ON oauth2_client FOR EACH ROW EXECUTE FUNCTION stop()',
      );
      await operator.query('SELECT pg_advisory_lock($1)', [GATE]);
      const writing = write();
      await untilWaiting();
      await clients.create({ client_id: id, client_name: 'second' }, { actor: a });
      await runInTransaction(service.dataSource, async (manager) => {
        await clients.remove(id, { manager, actor: a });
        await operator.query('SELECT pg_advisory_unlock($1)', [GATE]);
        await untilWaiting();
      });
      return await writing;
    } finally {
      await operator.end();
    }
  }

  it('is not created by another owner', async () => {
    const [clients, states] = [service.get(ClientsService), service.get(ClientStateService)];
    const creating = () => clients.create({ client_id: 'x' }, { actor: b }).catch((error: unknown) => error);
    expect(await overtaken('x', `NEW.owner = 'b'`, creating)).toMatchObject({ status: 409 });
    expect((await states.restore('x', { actor: a })).client).toMatchObject({ client_name: 'second', owner: 'a' });
  });

  it('is restored as it was last', async () => {
    const [clients, states] = [service.get(ClientsService), service.get(ClientStateService)];
    await clients.create({ client_id: 'y', client_name: 'first' }, { actor: a });
    await clients.remove('y');
    const restored = await overtaken('y', 'NEW.version > 1', () => states.restore('y'));
    expect(restored.client['client_name']).toBe('second');
    const kept = await service.dataSource.query<object[]>(
      `SELECT document::jsonb ->> 'client_name' AS name FROM oauth2_client_tombstone WHERE client_id = 'y'`,
    );
    expect(kept).toEqual([{ name: 'first' }]);
  });

  it('ends the transaction of a host that restores it, so that it can try again', async () => {
    const [clients, states] = [service.get(ClientsService), service.get(ClientStateService)];
    await clients.create({ client_id: 'z', client_name: 'first' }, { actor: a });
    await clients.remove('z');
    const restoring = () =>
      runInTransaction(service.dataSource, (manager) => states.restore('z', { manager })).catch(
        (error: unknown) => error,
      );
    expect(await overtaken('z', 'NEW.version > 1', restoring)).toMatchObject({ driverError: { code: '40001' } });
    expect((await states.restore('z')).client['client_name']).toBe('second');
  });
});
