import Database from 'libsql';
import pg from 'pg';
import { startService } from '../test/support/service.mjs';
import { onEach } from './databases.mjs';
import { alternate } from './load.mjs';
import { prepare, scenarios } from './scenarios.mjs';

/** What is compared when `--only` names nothing else. */
const NAMES = ['get', 'create', 'patch', 'rotate'];
const UNSEALED = 'SELECT count(*) AS waiting FROM oauth2_client_change WHERE position IS NULL';

/** How many changes wait for the sealer. */
async function unsealed(url) {
  if (url.startsWith('sqlite:')) {
    const file = new Database(url.slice('sqlite:'.length), { readonly: true });
    const { waiting } = file.prepare(UNSEALED).get();
    file.close();
    return waiting;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(UNSEALED);
  await client.end();
  return Number(rows[0].waiting);
}

/** A service of one build on a database of its own, and its scenarios. */
async function start(folder, url, seconds) {
  const service = await startService({ DATABASE_URL: url, DATABASE_MIGRATE: 'true' }, folder, () => ['dist/main.js']);
  const { path, paths } = await prepare(service.url);
  const of = (time) => scenarios({ service: service.url, nest: '', raw: '', hosts: {}, path, paths, seconds: time });
  return { end: () => service.end('SIGTERM'), measured: of(seconds), warmUps: of(1) };
}

async function compare(database, folder, { rounds, seconds, only, print }) {
  const urls = { here: database.url, there: await database.another('there') };
  const here = await start('.', urls.here, seconds);
  const there = await start(folder, urls.there, seconds);
  const results = {};
  for (const name of only ? [only] : NAMES) {
    for (const { warmUps } of [here, there]) await warmUps[name].service();
    const backlogs = [];
    const service = async () => {
      const figures = await here.measured[name].service();
      backlogs.push(await unsealed(urls.here));
      return figures;
    };
    results[name] = await alternate({ service, [folder]: there.measured[name].service }, rounds);
    print(database.name, name, results[name]);
    console.log(`  changes that waited for the sealer at the end of each round: ${backlogs.join(', ')}`);
  }
  await Promise.all([here.end(), there.end()]);
  return results;
}

/**
 * Measures this build against another one, built in `folder`: how much did what lies between them cost? Each has a database of its own
 * on the same server.
 */
export async function against(folder, options) {
  return onEach(options, (database) => compare(database, folder, options));
}
