import { describe, expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { command } from './support/command.js';
import { commandHere } from './support/command-here.js';
import { POSTGRES, SQLITE } from './support/databases.js';
import { request } from './support/http.js';
import { useDatabase } from './support/use.js';

const CREATE = ['keys', 'create', '--name', 'ci', '--scope', 'clients:read', '--scope', 'keys:write'];
const keyIn = (stdout: string) => /\boaak_\w{49}\b/.exec(stdout)?.[0] ?? '';

describe('the commands on API keys', () => {
  const database = useDatabase(SQLITE.open);

  it('make a key before the service ever ran, list it over HTTP, and revoke it while the service runs', async () => {
    const environment = { DATABASE_URL: database.url };
    const before = Math.floor(Date.now() / 1000);
    const flags = ['--owner', 'team-a', '--expires-in', '90d'];
    // A process of its own: it loads what it needs, and makes the tables.
    const made = await command([...CREATE, ...flags], { environment });
    expect([made.exitCode, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toMatch(/^scopes +clients:read, keys:write$/m);
    expect(made.stdout).toMatch(/^created_by +\{"type":"cli","id":"[^"]+"\}$/m);
    expect(made.stdout).toContain('The API key is shown only this once: keep it.');
    const end = Number(/^expires_at +(\d+)$/m.exec(made.stdout)?.[1]) - 90 * 86_400;
    expect(end).toBeGreaterThanOrEqual(before);
    expect(end).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
    const key = keyIn(made.stdout);
    await using service = await startStandalone({ database, environment: { ADMIN_AUTH: 'api-key' } });
    const status = async () =>
      (await request(`${service.url}/admin/clients`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect(await status()).toBe(200);
    const remote = { ...environment, OAUTH2_REGISTRY_URL: service.url, OAUTH2_REGISTRY_TOKEN: key };
    const child = await commandHere([...CREATE, '--expires-at', String(end + 3600), '--json'], { environment: remote });
    expect([child.exitCode, JSON.parse(child.stdout)]).toEqual([
      0,
      expect.objectContaining({ owner: 'team-a', expires_at: end + 3600, key: expect.stringMatching(/^oaak_/) }),
    ]);
    const list = await commandHere(['keys', 'list'], { environment: remote });
    expect([list.exitCode, list.stdout.trimEnd().split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(/^id +name +scopes +owner +expires_at +last_used_at$/),
        expect.stringMatching(/ ci +clients:read, keys:write +team-a +\d+/),
        expect.stringMatching(/ ci +clients:read, keys:write +team-a +\d+/),
      ],
    ]);
    expect(list.stdout).not.toContain('oaak_');
    const wider = await commandHere([...CREATE, '--scope', 'clients:delete'], { environment: remote });
    expect([wider.exitCode, wider.stdout]).toEqual([3, '']);
    expect(wider.stderr).toContain('needs the scope clients:delete');
    const [id = ''] = (await commandHere(['keys', 'list', '--quiet'], { environment })).stdout.split('\n');
    const revoked = await commandHere(['keys', 'revoke', id], { environment });
    expect([revoked.exitCode, revoked.stdout]).toEqual([0, `${id}\n`]);
    expect(await status()).toBe(401);
    const again = await commandHere(['keys', 'revoke', id], { environment });
    expect([again.exitCode, again.stderr]).toEqual([1, 'There is no API key with this id.\n']);
  });

  it('say on a fresh PostgreSQL database what to run first', async () => {
    await using fresh = await POSTGRES.open();
    const environment = { DATABASE_URL: fresh.url };
    const early = await commandHere(CREATE, { environment });
    expect([early.exitCode, early.stderr]).toEqual([3, expect.stringContaining('run oauth2-client-registry migrate')]);
    expect((await commandHere(['migrate'], { environment })).exitCode).toBe(0);
    const { exitCode, stdout } = await commandHere([...CREATE, '--json'], { environment });
    expect([exitCode, keyIn(stdout)]).toEqual([0, expect.stringMatching(/^oaak_/)]);
  });

  it.each([
    [['create', '--name', 'ci'], 1, '/scopes: scopes must name at least one scope.'],
    [['create', '--scope', 'clients:read'], 1, '/name: name must be given.'],
    [['create', '--name', 'ci', '--scope', 'clients:all'], 1, '/scopes/0: scopes[0] must be one of clients:read'],
    [['create', '--name', 'ci', '--scope', 'clients:read', '--expires-at', '1'], 1, '/expires_at: '],
    [['create', '--name', 'ci', '--scope', 'clients:read', '--expires-in', '90'], 2, 'such as 30m, 12h or 90d'],
    [['create', '--name', 'ci', '--expires-in', '1d', '--expires-at', '1'], 2, 'cannot be used with'],
    [['revoke', 'x/../y'], 2, 'Give an id from keys list.'],
  ])('%j is refused', async (args, exitCode, words) => {
    const ended = await commandHere(['keys', ...args], { environment: { DATABASE_URL: database.url } });
    expect([ended.exitCode, ended.stdout, ended.stderr]).toEqual([exitCode, '', expect.stringContaining(words)]);
  });
});
