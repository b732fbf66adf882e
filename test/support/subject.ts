import { expect } from '@jest/globals';
import { SecretsService } from '../../src/index.js';
import type { RunningApp } from './app.js';
import { postClient, request, tagOf, type Answer } from './http.js';

/** A generated secret. */
export const GENERATED = /^oacs_[0-9A-Za-z]{49}$/;
/** An end of secrets in the far future, in epoch seconds. */
export const FAR = 4102444800;
/** RFC 8037 §A.2. */
export const PUBLIC_KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

/** A secret as it is listed. */
export interface ListedSecret {
  id: string;
  label: string | null;
  hint: string | null;
  created_at: string;
  expires_at: number;
  last_used_at: string | null;
}

/** A client under test, and all secrets that it ever had, in their order. */
export class Subject {
  readonly secrets: string[] = [];

  private constructor(
    private readonly service: RunningApp,
    readonly id: string,
  ) {}

  /** Creates a client of these members, or of a body as it stands. */
  static async create(service: RunningApp, members: object | string = {}): Promise<Subject> {
    const { status, body } = await postClient(service.url, members);
    expect([status, body['errors']]).toEqual([201, undefined]);
    const subject = new Subject(service, String(body['client_id']));
    subject.learn(body);
    return subject;
  }

  /** The secret that it was created with. */
  get secret(): string {
    return String(this.secrets[0]);
  }

  /** Sends a request to the client or to what is below it. */
  send(method: string, path = '', body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    const url = `${this.service.url}/admin/clients/${encodeURIComponent(this.id)}${path}`;
    return request(url, { method, body, headers });
  }

  get(): Promise<Answer> {
    return this.send('GET');
  }

  patch(body: unknown, type = 'application/json'): Promise<Answer> {
    return this.send('PATCH', '', body, { 'content-type': type });
  }

  /** Expects a success, and remembers the secret that it hands out. */
  async done(method: string, path = '', body?: unknown): Promise<Answer> {
    const answer = await this.send(method, path, body);
    expect([answer.status, answer.body['error_description']]).toEqual([path === '/secrets' ? 201 : 200, undefined]);
    this.learn(answer.body);
    return answer;
  }

  private learn({ client_secret: secret }: Record<string, unknown>): void {
    if (typeof secret === 'string') this.secrets.push(secret);
  }

  rotate(body?: unknown): Promise<Answer> {
    return this.done('POST', '/secrets/rotate', body);
  }

  add(body?: unknown): Promise<Answer> {
    return this.done('POST', '/secrets', body);
  }

  /** Revokes the secret of an id. */
  revoke(secretId: string, query = ''): Promise<Answer> {
    return this.send('DELETE', `/secrets/${encodeURIComponent(secretId)}${query}`);
  }

  /** Its secrets as they are listed, the current one first; the list tells none of them. */
  async list(): Promise<ListedSecret[]> {
    const { status, text } = await this.send('GET', '/secrets');
    expect([status, text]).toEqual([200, expect.not.stringMatching(/hash|\$2[aby]\$|sha256/)]);
    return JSON.parse(text) as ListedSecret[];
  }

  /** Last characters of the secrets that the registry generated, the current one first. */
  async hints(): Promise<(string | null)[]> {
    return (await this.list()).map(({ hint }) => hint);
  }

  /** When the secrets end, the current one first. */
  async ends(): Promise<number[]> {
    return (await this.list()).map(({ expires_at: end }) => end);
  }

  /** When the client says that its secret ends. */
  async expiry(): Promise<unknown> {
    return (await this.get()).body['client_secret_expires_at'];
  }

  verifies(secret: string): Promise<boolean> {
    return this.service.get(SecretsService).verify(this.id, secret);
  }

  /** Which of these secrets work? Without any: which of those that it ever had, the first one first? */
  working(secrets: readonly string[] = this.secrets): Promise<boolean[]> {
    return Promise.all(secrets.map((secret) => this.verifies(secret)));
  }

  /** Ends a secret as time would: only a clock lets a stored end pass. */
  async end(secretId: string): Promise<void> {
    await this.service.dataSource.query(`UPDATE oauth2_client_secret SET expires_at = 1 WHERE id = '${secretId}'`);
  }

  /** Ends the current secret as time would, and lets the client say so. */
  async endCurrent(): Promise<void> {
    const [current] = await this.list();
    await this.end(String(current?.id));
    const member = (end: number) => `'"client_secret_expires_at":${end},'`;
    await this.service.dataSource.query(
      `UPDATE oauth2_client SET document = replace(document, ${member(0)}, ${member(1)}) WHERE id = '${this.id}'`,
    );
    expect([await this.expiry(), (await this.ends())[0]]).toEqual([1, 1]);
  }

  /** All that is known of it. */
  async state(): Promise<unknown> {
    const [client, secrets] = await Promise.all([this.get(), this.list()]);
    return [client.status, client.text, tagOf(client), secrets];
  }

  /** Expects a refusal that leaves everything as it was. */
  async refuses(
    method: string,
    path: string,
    body?: unknown,
    { status = 400, headers }: { status?: number; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const before = await this.state();
    const answer = await this.send(method, path, body, headers);
    expect([answer.status, await this.state()]).toEqual([status, before]);
    return answer;
  }
}
