import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Agent, request as nodeRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { POSTGRES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { KEY_HEADERS } from './support/full-key.mjs';
import { postClient, request } from './support/http.js';
import { startProcess, type ServiceProcess } from './support/process.js';
import { temporaryDatabase } from './support/service.mjs';

type Line = Record<string, unknown>;

/** The lines with an identifier of a request, in their order. */
function linesOf(service: ServiceProcess, id: string): Line[] {
  const lines = service.output().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line).filter((line) => line['request_id'] === id);
}

describe('a request that fails', () => {
  it.each([
    { status: 503, level: 40, failing: 'DROP DATABASE name WITH (FORCE)' },
    { status: 500, level: 50, failing: 'ALTER TABLE oauth2_client RENAME COLUMN document TO lost' },
  ])('with $status has its name in the answer, in the line about it and in the reason', async (row) => {
    await using database = await POSTGRES.open();
    await using service = await startProcess({
      DATABASE_URL: database.url,
      DATABASE_MIGRATE: 'true',
      LOG_LEVEL: 'info',
    });
    await postClient(service.url, { client_id: 'x' });
    const { pathname } = new URL(database.url);
    const isDrop = row.failing.startsWith('DROP');
    const operator = new pg.Client({
      connectionString: isDrop ? `${process.env['TEST_POSTGRES_URL']}postgres` : database.url,
    });
    await operator.connect();
    await operator.query(row.failing.replace('name', pathname.slice(1)));
    await operator.end();
    const id = `failed-${row.status}`;
    const failed = await request(`${service.url}/admin/clients/y`, { headers: { 'x-request-id': id } });
    expect([failed.status, failed.headers['x-request-id']]).toEqual([row.status, id]);
    const about = { msg: 'request', status: row.status, level: row.level, route: '/admin/clients/:id' };
    await eventually(() => linesOf(service, id).some(({ msg }) => msg === 'request'));
    const [reason, line, ...more] = linesOf(service, id);
    expect([line, more]).toEqual([expect.objectContaining(about), []]);
    expect(reason).toMatchObject({ context: expect.any(String), level: expect.any(Number) });
    expect(Number(reason?.['level'])).toBeGreaterThanOrEqual(40);
  });
});

/** Asks for a client so many times, by sixteen callers; how often with which status. */
async function ask(url: string, times: number): Promise<Record<string, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const statuses: Record<string, number> = {};
  const call = async () => {
    const [answer] = (await once(nodeRequest(url, { agent, headers: KEY_HEADERS }).end(), 'response')) as [
      NodeJS.ReadableStream & { statusCode: number },
    ];
    await once(answer.resume(), 'end');
    statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
  };
  const caller = async (calls: number): Promise<void> => {
    for (let at = 0; at < calls; at += 1) await call();
  };
  await Promise.all(Array.from({ length: 16 }, () => caller(times / 16)));
  agent.destroy();
  return statuses;
}

describe('a log that nobody reads', () => {
  const LONG = 'x'.repeat(250);
  const REQUESTS = 24_000;
  const start = async (environment: Record<string, string> = {}) => {
    const service = await startProcess({
      DATABASE_URL: temporaryDatabase(),
      LOG_LEVEL: 'info',
      SHUTDOWN_TIMEOUT: '30000',
      ...environment,
    });
    expect((await postClient(service.url, { client_id: LONG })).status).toBe(201);
    service.child.stdout?.pause();
    return service;
  };

  it('holds up no request, is kept up to 8 MiB, and goes on when somebody reads again', async () => {
    await using service = await start();
    expect(await ask(`${service.url}/admin/clients/${LONG}`, REQUESTS)).toEqual({ 200: REQUESTS });
    service.child.stdout?.resume();
    const last = { 'x-request-id': 'read-again' };
    await eventually(async () => {
      await request(`${service.url}/version`, { headers: last });
      return service.output().includes('"read-again"');
    });
    const lines = service.output().split('\n').slice(0, -1);
    const shown = lines.map((line) => JSON.parse(line) as Line).filter((line) => line['client_id'] === LONG);
    expect(shown.length).toBeLessThan(REQUESTS);
    // What the pipe and its reader hold comes to that.
    expect(service.output().length).toBeLessThan(9 * 1024 * 1024);
    expect(service.output().length).toBeGreaterThan(7 * 1024 * 1024);
  });

  it('does not keep the process from ending, with code 0', async () => {
    await using service = await start();
    await ask(`${service.url}/admin/clients/${LONG}`, 1600);
    const gone = once(service.child, 'exit');
    service.child.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
  });

  it('does not keep a second signal from ending the process', async () => {
    await using service = await start({ SHUTDOWN_DELAY: '60000' });
    await ask(`${service.url}/admin/clients/${LONG}`, 1600);
    const gone = once(service.child, 'exit');
    service.child.kill('SIGTERM');
    await eventually(async () => (await request(`${service.url}/health/ready`)).status === 503);
    // Sooner it would count as the same one.
    await sleep(600);
    service.child.kill('SIGTERM');
    expect(await gone).toEqual([143, null]);
  });
});
