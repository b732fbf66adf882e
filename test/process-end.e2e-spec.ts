import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SQLITE } from './support/databases.js';
import { postClient, request } from './support/http.js';
import { freePort, startProcess } from './support/process.js';

const MEMORY = { DATABASE_URL: 'sqlite::memory:' };

async function readiness(url: string): Promise<number> {
  return (await request(`${url}/health/ready`)).status;
}

async function untilUnready(url: string): Promise<void> {
  while ((await readiness(url)) === 200) await sleep(5);
}

/** A signal that is no end of the service. */
const NOW = 'SIGUSR2';

/** A script that throws in the process of the service after {@link NOW}. */
function throwing(statement: string): string {
  const code = `const error = Object.assign(new Error('on purpose'), { parameters: ['hidden'.toUpperCase()] }); process.on('${NOW}', () => { ${statement} });`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

describe('a signal', () => {
  it('makes the service not ready at once, which goes on answering for SHUTDOWN_DELAY', async () => {
    await using service = await startProcess({ ...MEMORY, SHUTDOWN_DELAY: '5000' });
    const since = performance.now();
    const ended = service.end('SIGTERM');
    await untilUnready(service.url);
    expect(await request(`${service.url}/health/ready`)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    });
    // A connection that is new, too.
    expect((await postClient(service.url, {})).status).toBe(201);
    expect((await request(`${service.url}/health/alive`)).status).toBe(200);
    expect(await ended).toBe(0);
    expect(performance.now() - since).toBeGreaterThanOrEqual(5000);
    expect(service.output()).toBe('');
  });

  it('ends the process at once when it is the second one', async () => {
    await using service = await startProcess({ ...MEMORY, SHUTDOWN_DELAY: '600000' });
    service.child.kill('SIGTERM');
    await untilUnready(service.url);
    await sleep(600);
    expect(await service.end('SIGINT')).toBe(130);
  });

  it('counts once when npm passes on what the terminal has sent, too', async () => {
    await using service = await startProcess({ ...MEMORY, SHUTDOWN_DELAY: '1000' });
    service.child.kill('SIGINT');
    // Two equal signals may become one before the process handles them.
    expect(await service.end('SIGTERM')).toBe(0);
  });

  it('ends a service that has not started yet', async () => {
    // Its database accepts the connection, and says nothing.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const env = {
      ...process.env,
      DATABASE_URL: `postgres://x@127.0.0.1:${port}/x`,
      ADMIN_PORT: String(await freePort()),
    };
    const child = spawn(process.execPath, ['dist/service.js'], { env, stdio: 'ignore' });
    await once(silent, 'connection');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    silent.close();
  });
});

describe('an error that nobody caught', () => {
  it.each(['throw error', 'void Promise.reject(error)'])(
    'ends the process with 1 and one line that shows no property of it: %s',
    async (statement) => {
      await using database = await SQLITE.open();
      const script = () => ['--import', throwing(statement), 'dist/service.js'];
      await using service = await startProcess({ DATABASE_URL: database.url, LOG_FORMAT: 'json' }, script);
      service.child.kill(NOW);
      await once(service.child, 'close');
      expect(service.child.exitCode).toBe(1);
      const lines = service.output().trim().split('\n');
      expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
        expect.objectContaining({
          level: 50,
          msg: expect.stringMatching(/^The process ends because of an error that nobody caught: Error: on purpose\n/),
        }),
      ]);
      expect(service.output()).not.toContain('HIDDEN');
    },
  );
});
