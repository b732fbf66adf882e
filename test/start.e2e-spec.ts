import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { command } from './support/command.js';
import { POSTGRES } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { startProcess } from './support/process.js';
import { startService, temporaryDatabase } from './support/service.mjs';

/** The lines that a service logged: level and message. Pino's 30 is `info`, 40 is `warn`. */
function linesOf(output: string): { level: number; msg: string }[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { level: number; msg: string });
}

/** Ends a process; false when it had ended before. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

describe('npm start', () => {
  it('says that it builds, and passes SIGTERM on to the service', async () => {
    // A folder of its own, because a build would replace dist/ beneath other tests.
    const folder = mkdtempSync(join(tmpdir(), 'registry-start-'));
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    write('package.json', JSON.stringify({ type: 'module', scripts: { build: 'node -e 0', start: scripts.start } }));
    mkdirSync(join(folder, 'dist'));
    write(
      'dist/service.js',
      `import { writeFileSync } from 'node:fs';
      writeFileSync('pids', JSON.stringify([process.pid, process.ppid]));
      await import(${JSON.stringify(pathToFileURL(resolve('dist/service.js')).href)});`,
    );
    const npm = realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim());
    const environment = { DATABASE_URL: temporaryDatabase(), LOG_LEVEL: 'info', npm_config_update_notifier: 'false' };
    const service = await startService(environment, folder, () => [npm, 'start']);
    await eventually(() => service.output().includes('Access is open'));
    const output = service.output();
    const [pid, parent] = JSON.parse(readFileSync(join(folder, 'pids'), 'utf8')) as [number, number];
    await service.end('SIGTERM');
    const survived = killed(pid);
    rmSync(folder, { recursive: true });
    expect({ survived, parent }).toEqual({ survived: false, parent: service.child.pid });
    expect(output.indexOf('Building')).toBeGreaterThanOrEqual(0);
    expect(output.indexOf('Building')).toBeLessThan(output.indexOf('Database:'));
  });
});

describe('the first lines', () => {
  it('name the database without what is secret, the listener, and that access is open', async () => {
    await using database = await POSTGRES.open();
    const { hostname, port, pathname } = new URL(database.url);
    const url = new URL(database.url);
    url.searchParams.set('application_name', 'hidden-parameter');
    await using service = await startProcess({
      DATABASE_URL: url.href,
      DATABASE_MIGRATE: 'true',
      LOG_LEVEL: 'info',
      LOG_COLOURS: 'hidden-value',
      PUBLIC_KEY: 'hidden-value',
      OTHER_NAME: 'hidden-value',
      ADMIN_SERVICE_HOST: '10.0.0.1',
    });
    await eventually(() => service.output().includes('Access is open'));
    const lines = linesOf(service.output()).map(({ level, msg }) => `${level} ${msg}`);
    expect(lines.slice(0, 2)).toEqual([
      '40 Variables that the service does not know, and ignores: LOG_COLOURS, PUBLIC_KEY.',
      `30 Database: postgres://${hostname}:${port}${pathname}`,
    ]);
    expect(lines).toContain(`30 Admin API on ${service.url}, Swagger UI at /docs.`);
    expect(lines).toContain('30 No client can authenticate by private_key_jwt: TOKEN_ISSUERS is not set.');
    expect(lines.filter((line) => line.includes('Access is open'))).toEqual([
      '30 Access is open: everybody who reaches the listener may administer all clients. Only this machine reaches it.',
    ]);
    expect(service.output()).not.toContain('hidden');
  });

  it('warn when other machines may reach the open listener', async () => {
    await using service = await startProcess({
      DATABASE_URL: temporaryDatabase(),
      ADMIN_HOST: '0.0.0.0',
      ADMIN_AUTH: 'none',
    });
    await eventually(() => service.output().includes('Access is open'));
    expect(linesOf(service.output())).toEqual([
      expect.objectContaining({
        level: 40,
        msg: 'Access is open: everybody who reaches the listener may administer all clients. 0.0.0.0 is not a loopback address: let only operators reach it, or set ADMIN_AUTH=api-key.',
      }),
    ]);
  });
});

it('a mistyped variable stops the start', async () => {
  expect(
    await command(['serve'], { environment: { ADMIN_PROT: 'hidden', DATABASE_URL: temporaryDatabase() } }),
  ).toEqual({
    exitCode: 3,
    stdout: '',
    stderr: 'The configuration is wrong: ADMIN_PROT is unknown: use ADMIN_PORT, or remove it.\n',
  });
});
