import { fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { freePort } from '../test/support/service.mjs';

/** Starts a baseline server in a process of its own. */
export async function startBaseline(file, environment) {
  const port = await freePort();
  const child = fork(new URL(file, import.meta.url), {
    env: { PATH: process.env.PATH, PORT: String(port), ...environment },
  });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${file} did not start.`))),
  ]);
  const end = async () => {
    process.off('exit', kill);
    kill();
    await once(child, 'exit');
  };
  return { url: `http://127.0.0.1:${port}`, end };
}

/**
 * Sends requests to one URL for some seconds.
 *
 * @throws Error when a response is missing or has another status than the expected one; by default, any successful one is
 */
export async function load(url, request, { seconds, connections = 16, expected }) {
  const measured = await autocannon({ url, connections, duration: seconds, ...request });
  const { requests, latency, non2xx, errors, statusCodeStats } = measured;
  const others = expected ? requests.total - (statusCodeStats[expected]?.count ?? 0) : non2xx;
  if (others + errors > 0) throw new Error(`${url}: ${others} responses have another status, ${errors} are missing.`);
  return { rate: requests.total / seconds, p50: latency.p50, p99: latency.p99 };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Runs the contestants in turn for several rounds, and returns the medians of their figures. */
export async function alternate(contestants, rounds) {
  const figures = new Map(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contestants)) figures.get(name).push(await run());
  }
  return Object.fromEntries(
    [...figures].map(([name, all]) => [
      name,
      {
        rate: median(all.map(({ rate }) => rate)),
        p50: median(all.map(({ p50 }) => p50)),
        p99: median(all.map(({ p99 }) => p99)),
      },
    ]),
  );
}
