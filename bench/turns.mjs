import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { median } from './load.mjs';

/** Of the column of names. */
const WIDTH = 40;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Sends a request and reads the whole response. */
export async function call(url, { method = 'GET', body, headers = {} } = {}) {
  const sent = request(url, { method, agent, headers }).end(body);
  try {
    const [response] = await once(sent, 'response');
    const chunks = [];
    for await (const chunk of response) chunks.push(chunk);
    return { response, text: Buffer.concat(chunks).toString() };
  } catch (error) {
    // The service closes idle connections, such as this one while a table was filled.
    if (sent.reusedSocket) return call(url, { method, body, headers });
    throw error;
  }
}

/** Follows `next` for some pages of a size, and returns the path behind them. */
export async function pathBehind(origin, path, { pages, headers }) {
  let next = path;
  for (let passed = 0; passed < pages; passed += 1) {
    const { response } = await call(origin + next, { headers });
    [, next] = /,<([^>]+)>; rel="next"/.exec(response.headers.link);
  }
  return next;
}

async function timeOf(ask, turn) {
  const start = performance.now();
  const { response, text } = await ask(turn);
  const time = performance.now() - start;
  if (response.statusCode >= 300) throw new Error(`${response.req.path}: ${response.statusCode} ${text}`);
  return time;
}

/**
 * Lets the contestants ask in turn, one request at a time, so that both meet the same noise.
 *
 * @returns their times of one round, from the shortest to the longest
 */
async function round(contestants, requests) {
  const times = contestants.map(() => []);
  for (let turn = 0; turn < requests; turn += 1)
    for (const [at, ask] of contestants.entries()) times[at].push(await timeOf(ask, turn));
  return times.map((all) => all.toSorted((a, b) => a - b));
}

/** The medians of p50 and p99 of each contestant over the rounds, in milliseconds. */
export async function inTurn(contestants, { rounds, requests }) {
  await round(contestants, Math.ceil(requests / 10));
  const figures = contestants.map(() => []);
  for (let done = 0; done < rounds; done += 1)
    for (const [at, times] of (await round(contestants, requests)).entries())
      figures[at].push({ p50: times[Math.floor(times.length * 0.5)], p99: times[Math.floor(times.length * 0.99)] });
  return figures.map((all) => ({ p50: median(all.map(({ p50 }) => p50)), p99: median(all.map(({ p99 }) => p99)) }));
}

/** Prints the head of a table of {@link row}s. */
export function head() {
  console.log(`| ${'ms'.padEnd(WIDTH)} | p50 small | p50 large | p99 small | p99 large | p50 ratio | p99 ratio |`);
}

/** Prints a line of the table, and returns its figures. */
export function row(name, small, large) {
  const ratio = (one, other) => (other / one).toFixed(2);
  const figures = [small.p50, large.p50, small.p99, large.p99].map((value) => value.toFixed(2));
  console.log(
    `| ${[name, ...figures, ratio(small.p50, large.p50), ratio(small.p99, large.p99)].map((cell, at) => (at ? cell.padStart(9) : cell.padEnd(WIDTH))).join(' | ')} |`,
  );
  return { name, small, large };
}
