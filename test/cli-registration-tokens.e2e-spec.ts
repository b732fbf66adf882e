import { describe, expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { commandHere } from './support/command-here.js';
import { POSTGRES, SQLITE } from './support/databases.js';
import { fileOf } from './support/file-of.js';
import { FULL_KEY } from './support/full-key.mjs';
import { useDatabase } from './support/use.js';

const CREATE = ['registration-tokens', 'create', '--label', 'partner'];
const tokenIn = (stdout: string) => /\boait_\w{49}\b/.exec(stdout)?.[0] ?? '';

describe('the commands on initial access tokens', () => {
  const database = useDatabase(SQLITE.open);

  it('make, list and revoke them, in the database and over HTTP', async () => {
    await using file = await fileOf('devices: {}');
    const policies = { REGISTRATION_POLICIES: file.path };
    const local = { DATABASE_URL: database.url, ...policies };
    const before = Math.floor(Date.now() / 1000);
    const flags = ['--owner', 'team-a', '--policy', 'devices', '--max-uses', '5', '--expires-in', '7d'];
    const made = await commandHere([...CREATE, ...flags], { environment: local });
    expect([made.exitCode, made.stderr]).toEqual([0, '']);
    expect(tokenIn(made.stdout)).not.toBe('');
    expect(made.stdout).toMatch(/^created_by +\{"type":"cli","id":"[^"]+"\}$/m);
    expect(made.stdout).toContain('The initial access token is shown only this once: keep it.');
    const end = Number(/^expires_at +(\d+)$/m.exec(made.stdout)?.[1]) - 7 * 86_400;
    expect(end).toBeGreaterThanOrEqual(before);
    expect(end).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
    await using service = await startStandalone({ database, environment: policies });
    const remote = { OAUTH2_REGISTRY_URL: service.url, OAUTH2_REGISTRY_TOKEN: FULL_KEY };
    const other = await commandHere([...CREATE, '--json'], { environment: remote });
    expect([other.exitCode, JSON.parse(other.stdout)]).toEqual([
      0,
      expect.objectContaining({ policy: 'default', max_uses: 1, token: expect.stringMatching(/^oait_/) }),
    ]);
    for (const environment of [local, remote]) {
      const gone = await commandHere([...CREATE, '--policy', 'gone'], { environment });
      const said = expect.stringContaining('policy must name a policy that there is: default, devices.');
      expect([gone.exitCode, gone.stderr]).toEqual([1, said]);
    }
    const lists = [];
    for (const environment of [local, remote]) {
      const { exitCode, stdout } = await commandHere(['registration-tokens', 'list'], { environment });
      expect([exitCode, stdout.trimEnd().split('\n')]).toEqual([
        0,
        [
          expect.stringMatching(/^id +label +policy +owner +expires_at +max_uses +uses$/),
          expect.stringMatching(/ partner +devices +team-a +\d+ +5 +0$/),
          expect.stringMatching(/ partner +default +0 +1 +0$/),
        ],
      ]);
      expect(stdout).not.toContain('oait_');
      lists.push(stdout);
    }
    expect(lists[0]).toBe(lists[1]);
    const quiet = await commandHere(['registration-tokens', 'list', '--quiet'], { environment: local });
    const [first = '', second = ''] = quiet.stdout.split('\n');
    for (const [id, environment] of [
      [first, remote],
      [second, local],
    ] as const) {
      const revoked = await commandHere(['registration-tokens', 'revoke', id], { environment });
      expect([revoked.exitCode, revoked.stdout]).toEqual([0, `${id}\n`]);
      const again = await commandHere(['registration-tokens', 'revoke', id], { environment });
      expect([again.exitCode, again.stderr]).toEqual([1, 'There is no initial access token with this id.\n']);
    }
  });

  it('make one on PostgreSQL', async () => {
    await using fresh = await POSTGRES.open();
    const environment = { DATABASE_URL: fresh.url };
    expect((await commandHere(['migrate'], { environment })).exitCode).toBe(0);
    const { exitCode, stdout } = await commandHere([...CREATE, '--json'], { environment });
    expect([exitCode, tokenIn(stdout)]).toEqual([0, expect.stringMatching(/^oait_/)]);
  });

  it.each([
    [['create'], 1, '/label: label must be given.'],
    [['create', '--label', 'x', '--policy', 'a b'], 1, '/policy: policy must be the name of a policy'],
    [['create', '--label', 'x', '--expires-at', '1'], 1, '/expires_at: '],
    [['create', '--label', 'x', '--max-uses', '-1'], 2, '--max-uses'],
    [['create', '--label', 'x', '--expires-in', '7'], 2, 'such as 30m, 12h or 90d'],
    [['create', '--label', 'x', '--expires-in', '1d', '--expires-at', '1'], 2, 'cannot be used with'],
    [['revoke', 'x/../y'], 2, 'Give an id from registration-tokens list.'],
  ])('%j is refused', async (args, exitCode, words) => {
    const environment = { DATABASE_URL: database.url };
    const ended = await commandHere(['registration-tokens', ...args], { environment });
    expect([ended.exitCode, ended.stdout, ended.stderr]).toEqual([exitCode, '', expect.stringContaining(words)]);
  });
});
