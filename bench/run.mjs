// npm run bench -- [scale | changes | bodies | reads | access | authenticate | tokens | registrations | spans | observability | start | soak | against FOLDER] [--rounds 5] [--seconds 4] [--database sqlite|postgres] [--only get] [--json FILE]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { freePort, startService } from '../test/support/service.mjs';
import { access } from './access.mjs';
import { against } from './against.mjs';
import { authenticate } from './authenticate.mjs';
import { bodies } from './bodies.mjs';
import { changes } from './changes.mjs';
import { onEach } from './databases.mjs';
import { alternate, startBaseline } from './load.mjs';
import { observability } from './observability.mjs';
import { reads } from './reads.mjs';
import { registrations } from './registrations.mjs';
import { scale } from './scale.mjs';
import { prepare, scenarios } from './scenarios.mjs';
import { soak } from './soak.mjs';
import { spans } from './spans.mjs';
import { starts } from './start.mjs';
import { tokens } from './tokens.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: text('5'),
    seconds: text('4'),
    database: text(''),
    only: text(''),
    json: text(''),
    clients: text('1000000'),
    changes: text('1000000'),
    requests: text('200'),
  },
});
process.on('SIGINT', () => process.exit(130));

function print(database, scenario, figures) {
  console.log(`\n${scenario}, ${database}`);
  for (const [name, { rate, p50, p99 }] of Object.entries(figures)) {
    const ratio = name === 'service' ? '' : `service is at ${(figures.service.rate / rate).toFixed(2)}`;
    console.log(
      `  ${name.padEnd(16)} ${rate.toFixed(0).padStart(7)}/s  p50 ${p50.toFixed(1).padStart(6)} ms  p99 ${p99.toFixed(1).padStart(6)} ms  ${ratio}`,
    );
  }
}

/** The load comes from one source. */
const WITHOUT_LIMITS = {
  REGISTRATION: 'open',
  REGISTRATION_SOURCE_LIMIT: '0',
  REGISTRATION_POLICY_LIMIT: '0',
  REGISTRATION_TOTAL_LIMIT: '0',
};

async function measure(database) {
  const DATABASE_URL = database.url;
  const PUBLIC_PORT = String(await freePort());
  const service = await startService({ DATABASE_URL, DATABASE_MIGRATE: 'true', PUBLIC_PORT, ...WITHOUT_LIMITS });
  const { path, paths, defaults } = await prepare(service.url);
  const [nest, raw] = await Promise.all(
    ['nest-server.mjs', 'raw-server.mjs'].map((file) =>
      startBaseline(file, { DATABASE_URL, DEFAULTS: JSON.stringify(defaults) }),
    ),
  );
  const embedded = Object.fromEntries(
    await Promise.all(
      ['Express', 'plain Express', 'Fastify'].map(async (SERVER) => [
        `in ${SERVER}`,
        await startBaseline('embedding-server.mjs', { DATABASE_URL, SERVER }),
      ]),
    ),
  );
  const hosts = Object.fromEntries(Object.entries(embedded).map(([name, { url }]) => [name, `${url}/api`]));
  const door = `http://127.0.0.1:${PUBLIC_PORT}`;
  const urls = { service: service.url, door, nest: nest.url, raw: raw.url, hosts, path, paths };
  const results = {};
  for (const [name, contestants] of Object.entries(scenarios({ ...urls, seconds: Number(options.seconds) }))) {
    if (options.only && options.only !== name) continue;
    for (const warmUp of Object.values(scenarios({ ...urls, seconds: 1 })[name])) await warmUp();
    results[name] = await alternate(contestants, Number(options.rounds));
    print(database.name, name, results[name]);
  }
  await Promise.all([service.end('SIGTERM'), ...[nest, raw, ...Object.values(embedded)].map(({ end }) => end())]);
  return results;
}

async function compareWithBaselines() {
  return onEach(options, (database) => measure(database));
}

const numbers = {
  rounds: Number(options.rounds),
  requests: Number(options.requests),
  clients: Number(options.clients),
  changes: Number(options.changes),
};
async function measured() {
  if (positionals.includes('bodies')) return bodies(numbers);
  if (positionals.includes('reads')) return reads({ ...numbers, seconds: Number(options.seconds), print });
  if (positionals.includes('spans')) return spans(numbers);
  const compared = { ...options, ...numbers, seconds: Number(options.seconds), print };
  if (positionals.includes('access')) return access(compared);
  if (positionals.includes('authenticate')) return authenticate(compared);
  if (positionals.includes('tokens')) return tokens(compared);
  if (positionals.includes('observability')) return observability(compared);
  if (positionals.includes('start')) return starts(compared);
  if (positionals.includes('registrations')) return registrations(compared);
  if (positionals.includes('soak')) return soak(compared);
  if (positionals.includes('changes')) return changes({ ...options, ...numbers });
  if (positionals[0] === 'against') return against(positionals[1], compared);
  return positionals.includes('scale') ? scale({ ...options, ...numbers }) : compareWithBaselines();
}

const all = await measured();
if (options.json) writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`);
process.exit(0);
