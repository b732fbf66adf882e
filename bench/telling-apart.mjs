import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { median } from './load.mjs';

async function timeOf(url, body, { agent, headers, status }) {
  const start = performance.now();
  const sent = request(url, { agent, method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
  const [response] = await once(sent.end(body), 'response');
  await response.resume().toArray();
  if (response.statusCode !== status) throw new Error(`${url}: ${response.statusCode} instead of ${status}`);
  return performance.now() - start;
}

/** The chance that one of `slower` took longer than one of `faster`: 0.5 when their times tell nothing (Mann and Whitney's U). */
function chance(faster, slower) {
  const pairs = faster.flatMap((one) => slower.map((other) => (other > one ? 1 : other === one ? 0.5 : 0)));
  return pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
}

/**
 * Can a stranger tell two kinds of requests apart by the time that their answers take? Sends them in turn, one at a time.
 *
 * @param bodies return the body of a request of either kind by its number
 * @returns the medians in milliseconds, and the chance that one of the second kind takes longer than one of the first
 */
export async function tellApart(url, [first, second], { requests, headers, status }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times = [[], []];
  for (let at = 0; at < requests; at += 1)
    for (const [kind, bodyOf] of [first, second].entries())
      times[kind].push(await timeOf(url, bodyOf(at), { agent, headers, status }));
  agent.destroy();
  return { medians: times.map(median), chance: chance(...times) };
}
