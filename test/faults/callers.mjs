import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How many callers send one request after the other. */
const CALLERS = 8;
/** How long a caller waits for an answer, in milliseconds. */
const PATIENCE = 20_000;
/** How long a caller rests after a request that failed, so that a service that is gone is not asked without end. */
const REST = 20;

/** A client as its caller knows it: the owners it may have, and its newest secret that was handed out. */
class Known {
  constructor(id, secret, owner) {
    Object.assign(this, { id, secret, owners: new Set([owner]), isRotating: false });
  }
}

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
    /** Creates that nobody answered, or answered with an error. */
    this.unanswered = [];
    this.seen = { requests: 0, done: 0, unavailable: 0, cut: 0, others: new Map() };
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

  /** @returns the names of what was acknowledged and does not hold */
  async lost() {
    const lost = [];
    for (const { id, secret, owners, isRotating } of this.clients) {
      const { status, body } = await this.#send('GET', `/${id}`);
      if (status !== 200) lost.push(`${id}: ${status}`);
      else if (!owners.has(body.owner))
        lost.push(`${id}: its owner is ${body.owner}, not one of ${[...owners].join(', ')}`);
      if (isRotating) continue;
      const authorization = `Basic ${btoa(`${id}:${secret}`)}`;
      const form = 'grant_type=client_credentials';
      const proved = await this.#send('POST', '/authenticate', { authorization, form });
      if (proved.status !== 200) lost.push(`the secret of ${id}: ${proved.status}`);
    }
    this.agent.destroy();
    return lost;
  }

  /** @returns how many creates that were not acknowledged were made nevertheless */
  async unasked() {
    const answers = await Promise.all(this.unanswered.map((id) => this.#send('GET', `/${id}`)));
    return answers.filter(({ status }) => status === 200).length;
  }

  async #call(caller) {
    for (let turn = 0; !this.isOver; turn += 1) {
      const client = await this.#create(`c${caller}-${turn}`, `team-${turn}`);
      if (!client) continue;
      await this.#counted('GET', `/${client.id}`);
      await this.#counted('GET', '?page_size=10');
      const owner = `new-${turn}`;
      client.owners.add(owner);
      const patched = await this.#counted('PATCH', `/${client.id}`, [{ op: 'replace', path: '/owner', value: owner }]);
      if (patched) client.owners = new Set([owner]);
      client.isRotating = true;
      const rotated = await this.#counted('POST', `/${client.id}/secrets/rotate`);
      if (!rotated) continue;
      Object.assign(client, { secret: rotated.client_secret, isRotating: false });
    }
  }

  async #create(id, owner) {
    const made = await this.#counted('POST', '', { client_id: id, owner });
    if (!made) {
      this.unanswered.push(id);
      return undefined;
    }
    const client = new Known(id, made.client_secret, owner);
    this.clients.push(client);
    return client;
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
    else if (status === 0) seen.cut += 1;
    else seen.others.set(status, (seen.others.get(status) ?? 0) + 1);
    await sleep(REST);
    return undefined;
  }

  /** @returns status 0 where there was no whole answer */
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
    } catch {
      return { status: 0, body: {} };
    }
  }
}
