import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Sends one request; what it took counts from the time at which it was due. */
async function send(url, headers, { agent, due, statuses }) {
  const sent = request(url, { agent, headers }).end();
  const [response] = await once(sent, 'response');
  await response.resume().toArray();
  if (!statuses.includes(response.statusCode))
    throw new Error(`${url}: ${response.statusCode} instead of ${statuses.join(' or ')}`);
  return performance.now() - due;
}

/**
 * Sends GET requests at even distances, whether or not the earlier ones are answered: callers do not wait for each other. (A rate of
 * autocannon's is the number of requests that begin, all at once, with each second.)
 *
 * @param headersOf returns the headers of each request by its number
 * @param pace requests a second, for how many seconds, and the statuses that answers may have
 * @throws Error when an answer is missing or has another status
 */
export async function paced(url, headersOf, { rate, seconds, statuses = [200] }) {
  const agent = new Agent({ keepAlive: true });
  const start = performance.now();
  const answers = [];
  for (let at = 0; at < rate * seconds; at += 1) {
    const due = start + (at * 1000) / rate;
    // A timer may be late: then all that are due are sent.
    if (due > performance.now()) await sleep(due - performance.now());
    answers.push(send(url, headersOf(at), { agent, due, statuses }));
  }
  const times = (await Promise.all(answers)).toSorted((one, other) => one - other);
  agent.destroy();
  const quantile = (share) => times[Math.floor(times.length * share)];
  return { rate: (times.length * 1000) / (performance.now() - start), p50: quantile(0.5), p99: quantile(0.99) };
}
