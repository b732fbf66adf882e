import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startStandalone } from './support/app.js';
import { POSTGRES } from './support/databases.js';
import { getClient, postClient } from './support/http.js';

const UNAVAILABLE = { status: 503, body: { error: 'temporarily_unavailable' }, headers: { 'retry-after': '1' } };

/** What an operator may do to a database. `reads` is the status of reads meanwhile. */
const TROUBLES = [
  { trouble: 'became read-only', begin: 'SET default_transaction_read_only = on', reads: 200 },
  { trouble: 'takes no connections', begin: 'ALLOW_CONNECTIONS false', reads: 503 },
];

describe('PostgreSQL', () => {
  it.each(TROUBLES)('that $trouble makes changes 503 and reads $reads', async ({ begin, reads }) => {
    await using database = await POSTGRES.open();
    await using service = await startStandalone({ database });
    expect((await postClient(service.url, { client_id: 'x' })).status).toBe(201);
    const name = new URL(database.url).pathname.slice(1);
    const operator = new pg.Client({ connectionString: `${process.env['TEST_POSTGRES_URL']}postgres` });
    await operator.connect();
    await operator.query(`ALTER DATABASE ${name} ${begin}`);
    await operator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    await operator.end();
    // The first requests may meet connections that were ended.
    for (let idle = 0; idle < 10; idle += 1) await getClient(service.url, 'x');
    expect(await postClient(service.url, {})).toMatchObject(UNAVAILABLE);
    expect((await getClient(service.url, 'x')).status).toBe(reads);
  });
});
