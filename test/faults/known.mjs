const [CREATED, UPDATED, ROTATED, DELETED] = [
  'client.created',
  'client.updated',
  'client.secret.rotated',
  'client.deleted',
];

/** A client as its caller knows it: each kind of change is asked for at most once, and was acknowledged or not. */
export class Known {
  /** Whether the changes that were asked for were acknowledged, by their kinds in the journal. */
  asked = new Map();

  constructor(id) {
    this.id = id;
    this.owner = `team of ${id}`;
    this.newOwner = `new team of ${id}`;
  }

  create(ask) {
    return this.#change(CREATED, () => ask('POST', '', { client_id: this.id, owner: this.owner }));
  }

  update(ask) {
    const patch = [{ op: 'replace', path: '/owner', value: this.newOwner }];
    return this.#change(UPDATED, () => ask('PATCH', `/${this.id}`, patch));
  }

  rotate(ask) {
    return this.#change(ROTATED, () => ask('POST', `/${this.id}/secrets/rotate`));
  }

  delete(ask) {
    return this.#change(DELETED, () => ask('DELETE', `/${this.id}`));
  }

  get isCreated() {
    return this.asked.get(CREATED) === true;
  }

  /**
   * Compares the client, and the journal of it, with what its caller was told.
   *
   * @returns what was acknowledged and does not hold, and what was done though nobody was told
   */
  async compare(ask) {
    const history = await ask('GET', `/${this.id}/history`);
    if (history.status !== 200 && history.status !== 404)
      return { lost: [`the journal of ${this.id}: ${history.status}`], unasked: [] };
    const done = new Set(history.status === 200 ? history.body.flatMap(({ kinds }) => kinds) : []);
    const named = (isTold, isDone) =>
      [...this.asked]
        .filter(([kind, told]) => told === isTold && done.has(kind) === isDone)
        .map(([kind]) => `${kind} of ${this.id}`);
    const lost = [...named(true, false), ...(await this.#differences(ask, done))];
    return { lost, unasked: named(false, true) };
  }

  /** Is the client what its journal says, and does its newest secret let it in? */
  async #differences(ask, done) {
    const { status, body } = await ask('GET', `/${this.id}`);
    const isThere = done.has(CREATED) && !done.has(DELETED);
    if (status !== (isThere ? 200 : 404)) return [`${this.id}: ${status}, after ${[...done].join(', ')}`];
    if (!isThere) return [];
    const wrong = [];
    const owner = done.has(UPDATED) ? this.newOwner : this.owner;
    if (body.owner !== owner) wrong.push(`${this.id}: its owner is ${body.owner}, not ${owner}`);
    // Nobody was told a secret that was made without an answer.
    if ([CREATED, ROTATED].some((kind) => done.has(kind) && !this.asked.get(kind))) return wrong;
    const authorization = `Basic ${btoa(`${this.id}:${this.secret}`)}`;
    const proved = await ask('POST', '/authenticate', { authorization, form: 'grant_type=client_credentials' });
    if (proved.status !== 200) wrong.push(`the secret of ${this.id}: ${proved.status}`);
    return wrong;
  }

  async #change(kind, change) {
    this.asked.set(kind, false);
    const answer = await change();
    if (!answer) return;
    this.asked.set(kind, true);
    if (answer.client_secret) this.secret = answer.client_secret;
  }
}
