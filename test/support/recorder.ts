import { expect } from '@jest/globals';
import { getClient, postClient, request, tagOf, versionOf } from './http.js';
import { list } from './lists.js';

/** A client as JSON. */
export type Document = Record<string, unknown>;

/** A change that is to be made, and what it makes of the client. */
export interface ChangeRequest {
  url: string;
  id: string;
  method: string;
  path?: string;
  body?: unknown;
  ifMatch?: string;
  /** Members that it sets; of `metadata` the keys that it sets. */
  changed: Document;
}

/** A change that was acknowledged. */
export interface Change {
  version: number;
  /** The client as the answer shows it, without its secret. */
  document: Document;
  changed: Document;
  secret?: string;
}

/** Everything but the time of the change, in one order. */
function stateOf(document: Document): Document {
  return { ...document, updated_at: undefined };
}

/** Remembers what was acknowledged and what was read, and holds it against what there is in the end. */
export class Recorder {
  private readonly changes = new Map<string, Change[]>();
  private readonly reads: { id: string; version?: number; document: Document }[] = [];

  /** Changes that were acknowledged, creates not counted. */
  get acknowledged(): number {
    return [...this.changes.values()].reduce((sum, changes) => sum + changes.length - 1, 0);
  }

  async create(url: string): Promise<string> {
    const { client_id, client_secret: secret } = (await postClient(url, {})).body;
    const id = String(client_id);
    this.changes.set(id, [
      { version: 1, document: (await this.read(url, id)).document, changed: {}, secret: String(secret) },
    ]);
    return id;
  }

  /** Makes a change. `undefined` when somebody else came between. */
  async change({ url, id, method, path = '', body, ifMatch, changed }: ChangeRequest): Promise<Change | undefined> {
    const headers = ifMatch ? { 'if-match': ifMatch } : undefined;
    const answer = await request(`${url}/admin/clients/${id}${path}`, { method, body, headers });
    if (answer.status === 412 && ifMatch) return undefined;
    expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
    const { client_secret: secret, ...document } = answer.body as Document & { client_secret?: string };
    const change = { version: versionOf(tagOf(answer)), document, changed, secret };
    this.changes.get(id)?.push(change);
    return change;
  }

  async read(url: string, id: string): Promise<{ etag: string; document: Document }> {
    const answer = await getClient(url, id);
    const [etag, document] = [tagOf(answer), answer.body];
    this.reads.push({ id, version: versionOf(etag), document });
    return { etag, document };
  }

  async list(url: string): Promise<void> {
    const documents = (await list(url)).clients;
    for (const document of documents) this.reads.push({ id: String(document['client_id']), document });
  }

  /** Every acknowledged change of a client stands between the version before it and its own, and nothing else does. */
  async judge(url: string, id: string): Promise<void> {
    const changes = (this.changes.get(id) ?? []).toSorted((one, other) => one.version - other.version);
    expect(changes.map(({ version }) => version)).toEqual(changes.map((_, at) => at + 1));
    for (const [at, { document, changed }] of changes.entries()) {
      const before = changes[at - 1]?.document;
      if (!before) continue;
      const metadata = { ...(before['metadata'] as object), ...(changed['metadata'] as object) };
      expect(stateOf(document)).toEqual(stateOf({ ...before, ...changed, metadata }));
      expect(String(document['updated_at']) >= String(before['updated_at'])).toBe(true);
    }
    expect((await this.read(url, id)).document).toEqual(changes.at(-1)?.document);
    const secrets = (await request(`${url}/admin/clients/${id}/secrets`)).body as unknown as { hint: string }[];
    const issued = changes.flatMap(({ secret }) => secret ?? []).toReversed();
    expect(secrets.map(({ hint }) => hint)).toEqual(issued.slice(0, 6).map((secret) => secret.slice(-4)));
  }

  /** Whatever was read, alone or in a list, is a version that was acknowledged. */
  judgeReads(): void {
    expect(this.reads.length).toBeGreaterThan(this.changes.size);
    const known = new Map(
      [...this.changes].map(([id, changes]) => [
        id,
        new Map(changes.map((change) => [JSON.stringify(change.document), change.version])),
      ]),
    );
    for (const { id, version, document } of this.reads) {
      const stored = known.get(id)?.get(JSON.stringify(document));
      expect(stored).toBeGreaterThan(0);
      if (version !== undefined) expect(stored).toBe(version);
    }
  }
}
