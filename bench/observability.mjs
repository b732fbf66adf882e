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

/** How long a new process is asked before it is measured, in seconds. */
const WARM_UP = 2;

/** Measures a service that is asked as Prometheus asks, every second. */
async function measured({ url }, [path, request], seconds) {
  const asked = setInterval(() => void fetch(`${url}/metrics`).then((answer) => answer.text()), 1000);
  try {
    await load(url + path, request, { seconds: WARM_UP });
    return await load(url + path, request, { seconds });
  } finally {
    clearInterval(asked);
  }
}

/**
 * What it costs gets and creates that the service logs each request, and measures: on and off in turn. Each turn has a process of its own:
 * those of one way differ from each other by as much as two ways do.
 */
export function observability({ rounds, seconds, print, ...options }) {
  return onEach(options, async (database) => {
    const environment = { DATABASE_URL: database.url, DATABASE_MIGRATE: 'true', LOG_FORMAT: 'json' };
    const folder = await mkdtemp(join(tmpdir(), 'registry-bench-'));
    const lines = await open(join(folder, 'lines.ndjson'), 'w');
    const first = await startService(environment);
    const { path } = await prepare(first.url);
    await first.end('SIGTERM');
    const turn = (way, asked) => async () => {
      // Read through a pipe, the lines would take time from the load generator.
      const service = await startService({ ...environment, ...way }, '.', undefined, lines.fd);
      const figures = await measured(service, asked, seconds);
      await service.end('SIGTERM');
      return figures;
    };
    const scenarios = { get: [path, {}], create: ['/admin/clients', CREATE] };
    const results = {};
    for (const [name, asked] of Object.entries(scenarios)) {
      if (options.only && options.only !== name) continue;
      const turns = Object.entries(WAYS).map(([way, set]) => [way, turn(set, asked)]);
      results[name] = await alternate(Object.fromEntries(turns), rounds);
      print(database.name, name, results[name]);
    }
    await lines.close();
    await rm(folder, { recursive: true });
    return results;
  });
}
