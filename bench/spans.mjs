import { performance } from 'node:perf_hooks';
import { trace } from '@opentelemetry/api';
import { median } from './load.mjs';

const TIMES = 2_000_000;

/** Nanoseconds that a call takes, the median of rounds; the rounds of all calls alternate. */
function timesOf(calls, rounds) {
  const figures = calls.map(() => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [at, call] of calls.entries()) {
      const start = performance.now();
      for (let time = 0; time < TIMES; time += 1) call();
      // The first round is for the compiler.
      if (round > 0) figures[at].push(((performance.now() - start) * 1e6) / TIMES);
    }
  return figures.map(median);
}

/** What a span costs where no SDK is loaded: what the registry asks, beside a span of the API that nobody exports. */
export async function spans({ rounds }) {
  const { traced } = await import('../dist/database/sql/statement-span.js');
  const { tracerInUse } = await import('../dist/telemetry/spans.js');
  const query = { name: 'oauth2_client_find_0123456789abcdef', text: 'SELECT 1', values: [] };
  const answer = Promise.resolve();
  const run = () => answer;
  const api = trace.getTracer('bench');
  const [bare, ...others] = timesOf(
    [() => run(query), () => traced('sqlite', query, run), tracerInUse, () => api.startSpan('find').end()],
    rounds,
  );
  const [statement, question, ofApi] = others.map((time) => time - bare);
  console.log('\nwithout an SDK, a span costs');
  for (const [name, time] of Object.entries({
    'of a statement': statement,
    'of a request': question,
    'by the API': ofApi,
  }))
    console.log(`  ${name.padEnd(16)} ${time.toFixed(0).padStart(5)} ns`);
  return { statement, request: question, api: ofApi };
}
