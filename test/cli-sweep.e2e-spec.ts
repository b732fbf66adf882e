import { describe, expect, it } from '@jest/globals';
import { ClientActivity, RegistrationService } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { commandHere } from './support/command-here.js';
import { DATABASES } from './support/databases.js';
import { fileOf } from './support/file-of.js';
import { postClient, request } from './support/http.js';

const LONG_AGO = '2020-01-31T12:00:00.000Z';
const POLICIES = 'default: { removeUnusedAfter: 720h }\npartners: {}\n';

describe.each(DATABASES)('the command sweep, on $database,', ({ open }) => {
  it('shows what would go and why, and removes it; it says what is in the way', async () => {
    await using database = await open();
    await using file = await fileOf(POLICIES);
    const environment = { DATABASE_URL: database.url, REGISTRATION_POLICIES: file.path };
    await using service = await startStandalone({ database, environment });
    const registration = service.get(RegistrationService);
    const register = async () => (await registration.register({ client_name: 'Idle' })).id;
    const [never, once, young] = [await register(), await register(), await register()];
    const run = (...flags: string[]) => commandHere(['sweep', ...flags], { environment });

    expect(await run()).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(/^client_id/),
      stderr: 'No client of the policy default is removed as unused: no use of a client was ever reported.\n',
    });
    expect(await commandHere(['sweep'], { environment: { DATABASE_URL: database.url } })).toMatchObject({
      exitCode: 1,
      stderr: 'No policy has removeUnusedAfter: set it in the file that REGISTRATION_POLICIES names.\n',
    });

    await postClient(service.url, { client_id: 'busy' });
    const { dataSource } = service;
    await dataSource.query(`INSERT INTO oauth2_client_first_report (id, reported_at) VALUES (1, '${LONG_AGO}')`);
    await dataSource.query(
      `UPDATE oauth2_client_use SET unused_since = '${LONG_AGO}' WHERE client_id IN ('${never}', '${once}')`,
    );
    await dataSource.query(`UPDATE oauth2_client_use SET last_used_at = '${LONG_AGO}' WHERE client_id = '${once}'`);
    expect(await run('--dry-run')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no client at all') });
    const now = new Date().toISOString();
    await dataSource.query(
      `UPDATE oauth2_client_use SET last_used_at = '${now}', unused_since = '${now}' WHERE client_id = 'busy'`,
    );

    const dry = await run('--dry-run', '--json');
    expect([dry.exitCode, dry.stderr]).toEqual([0, '']);
    const shown = JSON.parse(dry.stdout) as { client_id: string }[];
    const about = { client_name: 'Idle', policy: 'default', unused_since: LONG_AGO, created_at: expect.any(String) };
    expect(new Map(shown.map((one) => [one.client_id, one]))).toEqual(
      new Map<string, object>([
        [never, { client_id: never, ...about, reason: 'never used', last_used_at: null }],
        [
          once,
          { client_id: once, ...about, reason: expect.stringMatching(/^not used since 2/), last_used_at: LONG_AGO },
        ],
      ]),
    );
    const table = await run('--dry-run');
    expect(table.stdout).toMatch(/^client_id +client_name +policy +reason +unused_since\n/);
    expect(table.stdout).toContain(`never used  `);

    const swept = await run('--quiet');
    expect([swept.exitCode, swept.stdout.trim().split('\n').toSorted()]).toEqual([0, [never, once].toSorted()]);
    expect((await run('--quiet')).stdout).toBe('');
    const { body } = await request(`${service.url}/admin/clients?fields=client_id`);
    expect((body as unknown as { client_id: string }[]).map(({ client_id: id }) => id).toSorted()).toEqual(
      ['busy', young].toSorted(),
    );
    const { body: history } = await request(`${service.url}/admin/clients/${never}/history`);
    expect(history).toMatchObject([{ kinds: ['client.deleted'], actor: { type: 'cli' } }, {}]);
    expect(service.get(ClientActivity).isWaiting('busy')).toBe(false);
  });
});
