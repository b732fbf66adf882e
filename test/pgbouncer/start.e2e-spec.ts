import { expect, it } from '@jest/globals';
import { POSTGRES } from '../support/databases.js';
import { command } from '../support/command.js';

it('a start before a PgBouncer that refuses limits fails with a sentence that names prepare=false', async () => {
  await using database = await POSTGRES.open();
  const DATABASE_URL = database.url.replace('?prepare=false', '');
  const { exitCode, stderr } = await command(['serve', '--port', '0'], { environment: { DATABASE_URL } });
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringMatching(/^The database .+ cannot be used: .+prepare=false.+\n$/),
  ]);
});
