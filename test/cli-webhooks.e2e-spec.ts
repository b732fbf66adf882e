import { describe, expect, it } from '@jest/globals';
import { startStandalone } from './support/app.js';
import { command } from './support/command.js';
import { commandHere } from './support/command-here.js';
import { SQLITE } from './support/databases.js';
import { use } from './support/use.js';

const SECRETS_KEY = 'a key of thirty-two characters or more';
const RECEIVER = 'https://receiver.example.com/hooks';
const NOBODY = '7d0c5c5e-5b3f-4a57-9d3c-0f6c1e1f2a3b';
/** On the public Internet, without a request to its name server. */
const WEBHOOK_ALLOWED_HOSTS = 'receiver.example.com';

describe.each(['a database', 'a running service'])('the commands on webhooks, on %s', (kind) => {
  const place = use(async (keep): Promise<{ environment: Record<string, string> }> => {
    const database = await keep(SQLITE.open());
    const keys = { SECRETS_KEY, WEBHOOK_ALLOWED_HOSTS };
    if (kind === 'a database') return { environment: { DATABASE_URL: database.url, ...keys } };
    const service = await keep(startStandalone({ database, environment: keys }));
    return { environment: { OAUTH2_REGISTRY_URL: service.url } };
  });
  const run = (args: string[]) => commandHere(['webhooks', ...args], { environment: place.environment });
  const shown = async (args: string[]) => {
    const { exitCode, stdout, stderr } = await run([...args, '--json']);
    expect([exitCode, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it('make one, show its signing secret once, change it, replay and delete it', async () => {
    // A process of its own: it loads what it needs, and ends.
    const made = await command(
      ['webhooks', 'create', '--receiver', RECEIVER, '--kind', 'client.deleted,client.created', '--owner', 'team-a'],
      { environment: place.environment },
    );
    expect([made.exitCode, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toMatch(
      /^signing_secret +whsec_\S+\n\nThe signing secret is shown only this once: keep it\.\n$/m,
    );
    const [, id = ''] = /^id +(\S+)$/m.exec(made.stdout) ?? [];
    const before = await shown(['get', id]);
    const maker = kind === 'a database' ? { type: 'cli' } : { type: 'anonymous' };
    const members = { id, url: RECEIVER, kinds: ['client.deleted', 'client.created'], owner: 'team-a' };
    expect(before).toMatchObject({ ...members, disabled: false, reason: null, created_by: maker });
    expect(await shown(['update', id, '--owner', 'team-b', '--disabled'])).toEqual({
      ...before,
      owner: 'team-b',
      disabled: true,
      reason: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(await shown(['update', id, '--no-disabled', '--receiver', `${RECEIVER}/2`])).toMatchObject({
      ...members,
      url: `${RECEIVER}/2`,
      owner: 'team-b',
      disabled: false,
    });
    expect((await shown(['rotate', id]))['signing_secret']).toMatch(/^whsec_/);
    expect(await shown(['replay', id, '--position', '1'])).toMatchObject({ id, position: 0 });
    expect(await run(['deliveries', id, '--json'])).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
    const list = await run(['list']);
    expect(list.stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^id +url +kinds +owner +position +reason$/),
      expect.stringMatching(/^[\da-f-]{36} +https:\S+\/2 +client\.deleted, client\.created +team-b +0$/),
    ]);
    expect(await run(['delete', id])).toEqual({ exitCode: 0, stdout: `${id}\n`, stderr: '' });
    expect(await run(['list', '--quiet'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it.each([
    [['create'], 1, '/url: url must be set'],
    [['create', '--receiver', 'http://receiver.example.com/'], 1, '/url: url must be'],
    [['create', '--receiver', RECEIVER, '--kind', 'client.renamed'], 1, '/kinds/0: kinds[0] must be one of'],
    [['get', NOBODY], 1, 'There is no webhook with this id.'],
    [['delete', NOBODY], 1, 'There is no webhook with this id.'],
    [['deliveries', NOBODY, '--after', 'x'], 1, 'after must be a position'],
    [['update', NOBODY], 2, 'No change is given: give --receiver'],
    [['update', 'x/../y', '--disabled'], 2, 'Give an id from webhooks list.'],
  ])('%j is refused', async (args, exitCode, words) => {
    expect(await run(args)).toEqual({ exitCode, stdout: '', stderr: expect.stringContaining(words) });
  });
});

describe('the commands on webhooks', () => {
  const database = use((keep) => keep(SQLITE.open()));

  it('show all late deliveries in their order, however many, or those behind a position', async () => {
    await using other = await SQLITE.open();
    await using service = await startStandalone({
      database: other,
      environment: { SECRETS_KEY, WEBHOOK_ALLOWED_HOSTS },
    });
    const run = (...args: string[]) =>
      commandHere(['webhooks', ...args], { environment: { OAUTH2_REGISTRY_URL: service.url } });
    const id = (await run('create', '--receiver', RECEIVER, '--disabled', '--quiet')).stdout.trim();
    await service.dataSource.query(
      `INSERT INTO oauth2_client_webhook_delivery (webhook_id, position, client_id, change_id, state, since, attempts, attempted_at, next_at, status, problem)
       WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < 1200)
       SELECT '${id}', i, 'client ' || i, '${NOBODY}', 'parked', '2026-01-31T12:00:00.000Z', 1, '2026-01-31T12:00:00.000Z', '', 500, 'The answer was 500.' FROM series`,
    );
    const lines = (await run('deliveries', id, '--format', 'ndjson')).stdout.trimEnd().split('\n');
    const positions = lines.map((line) => (JSON.parse(line) as { position: number }).position);
    expect(positions).toEqual(Array.from({ length: 1200 }, (_, at) => at + 1));
    expect((await run('deliveries', id, '--after', '1199')).stdout.split('\n')).toEqual([
      expect.stringMatching(/^position +client_id +state +attempts +next_attempt_at +status +problem$/),
      expect.stringMatching(/^1200 +client 1200 +parked +1 +500 +The answer was 500\.$/),
      '',
    ]);
  });

  it('are refused without a key, with the sentence that says what to set', async () => {
    const environment = { DATABASE_URL: database.url };
    expect(await commandHere(['webhooks', 'create', '--receiver', RECEIVER], { environment })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Webhooks need a key .+: set SECRETS_KEY or SECRETS_KEY_FILE/),
    });
    expect(await commandHere(['webhooks', 'list', '--json'], { environment })).toMatchObject({ stdout: '[]\n' });
  });
});
