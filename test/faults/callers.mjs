import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Known } from './known.mjs';

/** How many callers send one request after the other. */
const CALLERS = 8;
/** How long a caller waits for an answer, in milliseconds. */
const PATIENCE = 20_000;
/** How long a caller rests after a request that failed, so that a service that is gone is not asked without end. */
const REST = 20;
/** Of how many clients one is removed. */
const REMOVED = 4;

/** Callers of a service that mix all that one does with clients, note what was acknowledged, and check in the end that it holds. */
export class Callers {
  /**
   * @param {() => string} urlOf where the service is now
   * @param {() => Promise<string>} credential value of `Authorization`. Default: they send none
   */
  constructor(urlOf, credential) {
    this.urlOf = urlOf;
    this.credential = credential;
    this.agent = new Agent({ keepAlive: true });
    this.clients = [];
    /** Refused requests found nobody; broken ones were accepted, and had no whole answer. */
    this.seen = { requests: 0, done: 0, unavailable: 0, refused: 0, broken: 0, others: new Map() };
    this.longest = 0;
    this.isOver = false;
  }

  start() {
    this.lastDone = performance.now();
    this.running = Promise.all(Array.from({ length: CALLERS }, (_, caller) => this.#call(caller)));
  }

  /** Waits until a request succeeds that was sent after this moment. */
  async recovered(within = 60_000) {
    const since = performance.now();
    while (this.lastSent === undefined || this.lastSent < since) {
      if (performance.now() - since > within) throw new Error(`No request has succeeded for ${within} ms.`);
      await sleep(20);
    }
  }

  async stop() {
    this.isOver = true;
    await this.running;
  }

  /** Compares all clients with what their callers were told: see `Known`. */
  async compare() {
    const lost = [];
    const unasked = [];
    const rest = this.clients.values();
    const ask = (...args) => this.#send(...args);
    const compareRest = async () => {
      for (const client of rest) {
        const found = await client.compare(ask);
        lost.push(...found.lost);
        unasked.push(...found.unasked);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, compareRest));
    this.agent.destroy();
    return { lost, unasked };
  }

  async #call(caller) {
    const ask = (...args) => this.#counted(...args);
    for (let turn = 0; !this.isOver; turn += 1) {
      const client = new Known(`c${caller}-${turn}`);
      this.clients.push(client);
      await client.create(ask);
      if (!client.isCreated) continue;
      await ask('GET', `/${client.id}`);
      await ask('GET', '?page_size=10');
      await client.update(ask);
      await client.rotate(ask);
      if (turn % REMOVED === 0) await client.delete(ask);
    }
  }

  /** Sends a request, counts what came of it, and returns the body of its answer if it was done. */
  async #counted(method, path, body) {
    const { seen } = this;
    const sent = performance.now();
    seen.requests += 1;
    const { status, body: answer, retryAfter } = await this.#send(method, path, body);
    if (status >= 200 && status < 300) {
      seen.done += 1;
      const now = performance.now();
      this.longest = Math.max(this.longest, now - this.lastDone);
      this.lastDone = now;
      this.lastSent = sent;
      return answer;
    }
    if (status === 503 && retryAfter !== undefined) seen.unavailable += 1;
    else if (status === 'refused' || status === 'broken') seen[status] += 1;
    else seen.others.set(status, (seen.others.get(status) ?? 0) + 1);
    await sleep(REST);
    return undefined;
  }

  /** @returns `refused` or `broken` as the status where there was no whole answer */
  async #send(method, path, body) {
    const url = `${this.urlOf()}/admin/clients${path}`;
    const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
    const headers = { 'content-type': type, ...(this.credential && { authorization: await this.credential() }) };
    try {
      const call = request(url, { method, headers, agent: this.agent, signal: AbortSignal.timeout(PATIENCE) });
      call.end(body && JSON.stringify(body));
      const [response] = await once(call, 'response');
      const text = Buffer.concat(await response.toArray()).toString();
      return {
        status: response.statusCode,
        body: text ? JSON.parse(text) : {},
        retryAfter: response.headers['retry-after'],
      };
    } catch ({ code }) {
      return { status: code === 'ECONNREFUSED' ? 'refused' : 'broken', body: {} };
    }
  }
}
