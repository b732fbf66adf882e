import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../test/support/service.mjs';
import { onEach } from './databases.mjs';
import { alternate, load } from './load.mjs';
import { BODY, prepare } from './scenarios.mjs';

/** What a service says of itself: a line about each request and metrics, one of them, or neither. */
const WAYS = {
  service: { LOG_LEVEL: 'info', METRICS: 'open' },
  'log alone': { LOG_LEVEL: 'info', METRICS: 'off' },
  'metrics alone': { LOG_LEVEL: 'error', METRICS: 'open' },
  neither: { LOG_LEVEL: 'error', METRICS: 'off' },
};

const CREATE = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(BODY) };

/** A service that is asked as Prometheus asks, every second, while it is measured. */
function contestant({ url }, path, request, seconds) {
  return async () => {
    const asked = setInterval(() => void fetch(`${url}/metrics`).then((answer) => answer.text()), 1000);
    try {
      return await load(url + path, request, { seconds });
    } finally {
      clearInterval(asked);
    }
  };
}

/** What it costs gets and creates that the service logs each request, and measures: on and off in turn. */
export function observability({ rounds, seconds, print, ...options }) {
  return onEach(options, async (database) => {
    const environment = { DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', LOG_FORMAT: 'json' };
    const services = [];
    const folder = await mkdtemp(join(tmpdir(), 'registry-bench-'));
    const lines = await open(join(folder, 'lines.ndjson'), 'w');
    for (const way of Object.values(WAYS)) {
      // Read through a pipe, the lines would take time from the load generator.
      services.push(await startService({ ...environment, ...way }, '.', undefined, lines.fd));
    }
    const [first] = services;
    const { path } = await prepare(first.url);
    const scenarios = { get: [path, {}], create: ['/admin/clients', CREATE] };
    const results = {};
    for (const [name, [to, request]] of Object.entries(scenarios)) {
      if (options.only && options.only !== name) continue;
      const runs = (time) =>
        Object.fromEntries(Object.keys(WAYS).map((way, at) => [way, contestant(services[at], to, request, time)]));
      for (const warmUp of Object.values(runs(1))) await warmUp();
      results[name] = await alternate(runs(seconds), rounds);
      print(database.name, name, results[name]);
    }
    for (const { end } of services) await end('SIGTERM');
    await lines.close();
    await rm(folder, { recursive: true });
    return results;
  });
}
