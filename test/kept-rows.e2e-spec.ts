import { describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { DataSource } from 'typeorm';
import { openDatabase } from '../src/database/dialects.js';
import { KeyedRead } from '../src/database/sql/keyed-read.js';
import { Sealer } from '../src/journal/chain/sealer.js';
import { dataSourceOptions } from '../src/schema/data-source-options.js';
import { startStandalone } from './support/app.js';
import { SQLITE } from './support/databases.js';
import { metricsOf, valueOf } from './support/exposition.js';
import { getClient, postClient, request } from './support/http.js';
import { use } from './support/use.js';

const TURNS = 50;

describe('reads of two services on one SQLite file', () => {
  const services = use(async (keep) => {
    const database = await keep(SQLITE.open());
    const [one, other] = [await keep(startStandalone({ database })), await keep(startStandalone({ database }))];
    return { one, other, file: database.url.slice('sqlite:'.length) };
  });
  const reads = async () =>
    valueOf(await metricsOf(services.one.url), 'oauth2_registry_database_statement_duration_seconds_count', {
      statement: 'find',
    });
  const nameAt = async ({ url }: { url: string }, id: string) =>
    ((await getClient(url, id)).body as { client_name: string }).client_name;

  it('show what the other one, or anybody else, has committed before they began', async () => {
    const { one, other, file } = services;
    await postClient(one.url, { client_id: 'shared', client_name: 'Before' });
    const patch = (url: string, name: string) =>
      request(`${url}/admin/clients/shared`, {
        method: 'PATCH',
        body: [{ op: 'replace', path: '/client_name', value: name }],
      });
    for (let turn = 0; turn < TURNS; turn += 1) {
      const [writer, reader] = turn % 2 === 0 ? [one, other] : [other, one];
      expect((await patch(writer.url, `Turn ${turn}`)).status).toBe(200);
      const [mine, theirs] = await Promise.all([nameAt(writer, 'shared'), nameAt(reader, 'shared')]);
      expect([mine, theirs]).toEqual([`Turn ${turn}`, `Turn ${turn}`]);
    }
    const stranger = new Database(file);
    stranger.exec(`UPDATE oauth2_client SET document = replace(document, 'Turn ${TURNS - 1}', 'By hand')`);
    stranger.close();
    expect([await nameAt(one, 'shared'), await nameAt(other, 'shared')]).toEqual(['By hand', 'By hand']);
  });

  it('run no statement again while nothing is committed, whether there is such a client or not', async () => {
    const { one, other } = services;
    await postClient(one.url, { client_id: 'kept' });
    // Else it commits meanwhile.
    await one.get(Sealer).seal();
    for (const id of ['kept', 'nobody']) await getClient(one.url, id);
    const before = await reads();
    for (let turn = 0; turn < TURNS; turn += 1) for (const id of ['kept', 'nobody']) await getClient(one.url, id);
    expect((await reads()) - before).toBe(0);
    await postClient(other.url, { client_id: 'nobody' });
    expect((await getClient(one.url, 'nobody')).status).toBe(200);
    expect((await reads()) - before).toBe(1);
  });
});

describe('a read by keys on SQLite', () => {
  const opened = use(async (keep) => {
    const { url } = await keep(SQLITE.open());
    const dataSource = await new DataSource(dataSourceOptions(url, false)).initialize();
    await keep(Promise.resolve({ [Symbol.asyncDispose]: () => dataSource.destroy() }));
    await dataSource.query('CREATE TABLE thing (id text, ends integer)');
    await dataSource.query(`INSERT INTO thing VALUES ('a', 5), ('a', 9)`);
    const database = openDatabase(dataSource);
    await keep(Promise.resolve({ [Symbol.asyncDispose]: () => database.onApplicationShutdown() }));
    return { database };
  });

  it('looks again when its other values have changed, and gives nobody rows that they can change for others', async () => {
    const { database } = opened;
    let now = 1;
    const things = new KeyedRead<{ id: string; ends: number }>(database, {
      label: 'things',
      text: (isKey) => `SELECT id, ends FROM thing WHERE id ${isKey} AND ends > ?2 ORDER BY ends`,
      keyOf: ({ id }) => id,
      others: () => [now],
    });
    const ends = async () => (await things.rows('a', database)).map((row) => row.ends);
    expect([await ends(), await ends()]).toEqual([
      [5, 9],
      [5, 9],
    ]);
    now = 6;
    expect(await ends()).toEqual([9]);
    const [kept] = await things.rows('a', database);
    expect(() => Object.assign(kept ?? {}, { ends: 1 })).toThrow(TypeError);
  });
});
