import { describe, expect, it } from '@jest/globals';
import { readableLine } from '../src/standalone/observability/readable-lines.js';
import { FULL_KEY } from './support/full-key.mjs';
import { eventually } from './support/eventually.js';
import { answerTo, getClient, post, postClient, request } from './support/http.js';
import { startProcess, type ServiceProcess } from './support/process.js';
import { temporaryDatabase } from './support/service.mjs';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;
const PRINCIPAL = FULL_KEY ? 'api_key ADMIN_API_KEY' : 'anonymous';

type Line = Record<string, unknown>;

function startLogged(environment: Record<string, string> = {}): Promise<ServiceProcess> {
  return startProcess({ DATABASE_URL: temporaryDatabase(), LOG_LEVEL: 'info', ...environment });
}

/** The lines about a request. */
function linesOf(service: ServiceProcess, id: string): Line[] {
  const lines = service.output().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line).filter((line) => line['request_id'] === id);
}

/** The one line about the request of an answer. */
async function lineOf(service: ServiceProcess, { headers }: { headers: Record<string, string> }): Promise<Line> {
  const id = headers['x-request-id'] ?? '';
  await eventually(() => linesOf(service, id).length > 0);
  const [line, ...more] = linesOf(service, id);
  expect(more).toEqual([]);
  return line ?? {};
}

describe('the log', () => {
  it('has one line about each request, with these members and no others', async () => {
    await using service = await startLogged();
    const created = await postClient(service.url, { client_id: 'a/"b' });
    const found = await getClient(service.url, 'a/"b');
    const shared = {
      level: 30,
      time: expect.any(String),
      principal: PRINCIPAL,
      ms: expect.any(Number),
      msg: 'request',
    };
    expect(await lineOf(service, created)).toEqual({
      ...shared,
      request_id: expect.stringMatching(UUID),
      method: 'POST',
      route: '/admin/clients',
      client_id: 'a/"b',
      status: 201,
      bytes: Buffer.byteLength(created.text),
    });
    expect(await lineOf(service, found)).toEqual({
      ...shared,
      request_id: found.headers['x-request-id'],
      method: 'GET',
      route: '/admin/clients/:id',
      client_id: 'a/"b',
      status: 200,
      bytes: Buffer.byteLength(found.text),
    });
  });

  it('names the client that authenticated', async () => {
    await using service = await startLogged();
    await postClient(service.url, { client_id: 'asked', client_secret: 'chosen secret' });
    const authorization = `Basic ${Buffer.from('asked:chosen+secret').toString('base64')}`;
    const authenticated = await post(`${service.url}/admin/clients/authenticate`, { authorization });
    expect(await lineOf(service, authenticated)).toMatchObject({ status: 200, client_id: 'asked' });
    const wrong = { form: { client_id: 'asked', client_secret: 'another secret' } };
    const refused = await post(`${service.url}/admin/clients/authenticate`, wrong);
    expect(refused.status).toBe(401);
    expect(await lineOf(service, refused)).not.toHaveProperty('client_id');
  });

  it('says nothing of what a path holds where no client is known to have that id', async () => {
    await using service = await startLogged();
    for (const path of [
      '/admin/clients/s3cr3t-of-a-caller',
      '/s3cr3t-of-a-caller',
      '/admin/clients/s3cr3t-of-a-caller%',
    ])
      expect(await lineOf(service, await request(service.url + path))).not.toHaveProperty('client_id');
    expect(service.output()).not.toContain('s3cr3t');
  });

  it('has a line about a request that Node refuses, and names it in the answer', async () => {
    await using service = await startLogged();
    const { head } = await answerTo(service.url, 'GET / HTTP/1.1\r\nbroken\r\n\r\n');
    const id = /^x-request-id: (.+)$/im.exec(head)?.[1]?.trim() ?? '';
    const line = await lineOf(service, { headers: { 'x-request-id': id } });
    expect(line).toMatchObject({ level: 30, status: 400, msg: 'request' });
    expect(Object.keys(line).toSorted()).toEqual(['bytes', 'level', 'msg', 'request_id', 'status', 'time']);
  });

  it('has no line about a probe unless debug lines are wanted', async () => {
    await using service = await startLogged();
    await using talkative = await startLogged({ LOG_LEVEL: 'debug' });
    const probe = await request(`${service.url}/health/alive`);
    await lineOf(service, await request(`${service.url}/version`));
    expect(linesOf(service, probe.headers['x-request-id'] ?? '')).toEqual([]);
    const logged = await lineOf(talkative, await request(`${talkative.url}/health/alive`));
    expect(logged).toMatchObject({ level: 20, route: '/health/alive' });
  });

  it('says that a caller was gone before the answer', async () => {
    await using service = await startLogged({ BCRYPT_COST: '14' });
    const leaving = new AbortController();
    const headers = { 'x-request-id': 'left' };
    const body = { client_id: 'left', client_secret: 'chosen secret' };
    const asked = request(`${service.url}/admin/clients`, { method: 'POST', body, headers, signal: leaving.signal });
    setTimeout(() => leaving.abort(), 200);
    await expect(asked).rejects.toThrow();
    const line = await lineOf(service, { headers });
    expect(line).toMatchObject({ level: 30, method: 'POST', aborted: true });
    expect(line).not.toHaveProperty('status');
  });
});

describe('the identifier of a request', () => {
  it('is what a trusted proxy says, if it is well-formed, and in the journal beside who acted', async () => {
    await using service = await startLogged({ LOG_LEVEL: 'silent' });
    const named = { 'x-request-id': 'proxy-1.a:b' };
    const created = await post(`${service.url}/admin/clients`, { client_id: 'named' }, named);
    expect(created.headers['x-request-id']).toBe('proxy-1.a:b');
    const { body } = await request(`${service.url}/admin/clients/named/changes/1`);
    expect(body['actor']).toMatchObject({ request_id: 'proxy-1.a:b' });
    await using strict = await startLogged({ LOG_LEVEL: 'silent', ADMIN_TRUSTED_PROXIES: '192.0.2.1' });
    const untrusted = await request(`${strict.url}/version`, { headers: named });
    expect(untrusted.headers['x-request-id']).toMatch(UUID);
    for (const wrong of ['', 'a b', 'a"b', 'x'.repeat(129)]) {
      const { headers } = await request(`${service.url}/admin/clients/named`, { headers: { 'x-request-id': wrong } });
      expect(headers['x-request-id']).toMatch(UUID);
    }
  });

  it('is in every error answer, and in the lines about what went wrong', async () => {
    await using service = await startLogged({ ADMIN_AUTH: 'api-key', ADMIN_API_KEY: FULL_KEY || 'k'.repeat(32) });
    const wrong = { authorization: 'Bearer wrong', 'x-request-id': 'refused-1' };
    const refused = await request(`${service.url}/admin/clients`, { headers: wrong });
    expect([refused.status, refused.headers['x-request-id']]).toEqual([401, 'refused-1']);
    await eventually(() => linesOf(service, 'refused-1').length === 2);
    expect(linesOf(service, 'refused-1').map(({ level, context }) => [level, context])).toEqual([
      [40, 'AccessGuard'],
      [30, undefined],
    ]);
    expect(service.output()).not.toContain('wrong');
  });
});

describe('a line for people', () => {
  it('has time, level, message and members, and nothing that steers a terminal', () => {
    const line = JSON.stringify({
      level: 40,
      time: '2026-01-02T03:04:05.678Z',
      context: 'A',
      client_id: 'x\u009b31m\u202ey\u001b[2J',
      status: 503,
      msg: 'request',
    });
    expect(readableLine(`${line}\n`)).toBe(
      String.raw`03:04:05.678 WARN  [A] request client_id="x\u{9b}31m\u{202e}y\u001b[2J" status=503` + '\n',
    );
  });

  it('is what LOG_FORMAT=pretty writes', async () => {
    await using service = await startLogged({ LOG_FORMAT: 'pretty' });
    await request(`${service.url}/version`);
    await eventually(() => /^[\d:.]{12} INFO {2}request .*route="\/version" status=200/m.test(service.output()));
    expect(service.output()).not.toContain('{"level"');
  });
});
