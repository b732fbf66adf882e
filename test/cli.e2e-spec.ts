import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SecretsService } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { COMMAND, command } from './support/command.js';
import { commandHere } from './support/command-here.js';
import { DATABASES, POSTGRES, SQLITE, type TestDatabase } from './support/databases.js';
import { getClient, postClient } from './support/http.js';
import { freePort, startProcess } from './support/process.js';
import { useDatabase } from './support/use.js';

const CHOSEN = 'hunter2hunter2';

let folder: string;
/** A database that no test of wrong input may reach. */
let untouched: Record<string, string>;
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const at = ({ url }: TestDatabase) => ({ DATABASE_URL: url, BCRYPT_COST: '4' });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-cli-'));
  untouched = { DATABASE_URL: `sqlite:${join(folder, 'untouched', 'clients.sqlite')}` };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the command line', () => {
  it('tells its version, its commands and its exit codes', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await command(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    const { exitCode, stdout } = await command(['--help']);
    expect(exitCode).toBe(0);
    for (const name of ['serve', 'create', '0  done', '1  the', '2  the', '3  the'])
      expect(stdout).toContain(`  ${name}`);
    expect(readFileSync(COMMAND, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('ends with 2 on what it cannot read, with nothing on standard output', async () => {
    const { exitCode, stdout, stderr } = await command(['serve', '--client-secret=' + CHOSEN], {
      environment: untouched,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^error: unknown option '--client-secret'\nNo flag takes a secret: .+\n/);
    expect(await command(['create', '--file', '-'], { environment: untouched, input: '[1]' })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Standard input must contain one JSON object, .+\n$/),
    });
  });
});

describe('a configuration or a database that cannot be used', () => {
  const CALLS = { serve: ['serve', '--port', '0'], migrate: ['migrate'], create: ['create', '--name', 'x'] };
  const ends = async (args: string[], environment: Record<string, string>, said: RegExp) => {
    const run = args[0] === 'serve' ? command : commandHere;
    const { exitCode, stdout, stderr } = await run(args, { environment });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(said);
    expect(stdout + stderr).not.toMatch(/hunter2|ter2/);
    // The service has a log on standard output.
    if (args[0] !== 'serve') expect(stdout).toBe('');
  };

  it.each(Object.entries(CALLS))('ends %s with 3 and one sentence', async (_, args) => {
    await ends(args, { LOG_LEVEL: 'hunter2' }, /^The configuration is wrong: LOG_LEVEL must be .+\n$/);
    const url = `postgres://user:hunter2@127.0.0.1:${await freePort()}/x`;
    await ends(args, { DATABASE_URL: url }, /^The database .+: no server listens there; .+\n$/);
  });

  // Every command reads and opens what it needs by the same functions: one of them stands for all.
  it('is told what is wrong, and what to do', async () => {
    const args = CALLS.migrate;
    const hosts = { SECTOR_IDENTIFIER_ALLOWED_HOSTS: 'https://hunter2' };
    await ends(args, hosts, /^The configuration is wrong: SECTOR_IDENTIFIER_ALLOWED_HOSTS must be .+\n$/);
    const url = (rest: string) => ({ DATABASE_URL: `postgres://user:hunter2@${rest}` });
    await ends(args, url(`localhost:${await freePort()}/x`), /^The database .+: no server listens there; .+\n$/);
    for (const password of ['hun/ter2', 'hunter2%', 'hunter2%E0%A4'])
      await ends(
        args,
        { DATABASE_URL: `postgres://user:${password}@127.0.0.1/x` },
        /^The configuration is wrong: DATABASE_URL cannot be used: it is not a valid URL; .+ as %XX\.\n$/,
      );
    const blocked = file('no-folder', '');
    await ends(
      args,
      { DATABASE_URL: `sqlite:${blocked}/clients.sqlite` },
      /^The database .+: the path runs through a file; .+\n$/,
    );
    const noDatabase = file('no-database', 'x'.repeat(1000));
    await ends(
      args,
      { DATABASE_URL: `sqlite:${noDatabase}` },
      /^The database .+: the file is not a SQLite database; .+\n$/,
    );
  });

  it('reads a file .env, too', async () => {
    file('.env', 'LOG_LEVEL=loud');
    // `create` reads it as `migrate` does.
    for (const args of [CALLS.serve, CALLS.migrate]) {
      const { exitCode, stderr } = await command(args, { folder });
      expect(exitCode).toBe(3);
      expect(stderr).toContain('LOG_LEVEL must be');
    }
    rmSync(join(folder, '.env'));
  });

  it('is told when it is a flag of serve, and when the port is taken', async () => {
    await ends(
      ['serve', '--port', 'hunter2'],
      untouched,
      /^The configuration is wrong: ADMIN_PORT must be a port.+\n$/,
    );
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await ends(
      ['serve', '--port', String(port)],
      untouched,
      /^The service cannot listen: .+ choose another --host or --port/,
    );
    server.close();
  });

  it('sends an operator to migrate when PostgreSQL has no tables', async () => {
    await using database = await POSTGRES.open();
    await ends(
      CALLS.create,
      at(database),
      /^The database .+: the tables .+ missing; .+ oauth2-client-registry migrate\.\n$/,
    );
  });
});

describe('backup', () => {
  it('refuses PostgreSQL, and a file that does not exist, and leaves nothing behind', async () => {
    const copy = join(folder, 'copy');
    const refused = (DATABASE_URL: string) => commandHere(['backup', copy], { environment: { DATABASE_URL } });
    const { stderr, ...ended } = await refused('postgres://user:hunter2@127.0.0.1/x');
    expect({ ...ended, stderr }).toEqual({ exitCode: 2, stdout: '', stderr: expect.stringContaining('pg_dump') });
    expect(await refused(`sqlite:${join(folder, 'none.sqlite')}`)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('there is no such file'),
    });
    expect(await refused(`sqlite:${file('text', 'x'.repeat(5000))}`)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('the file is not a SQLite database'),
    });
    expect([copy, join(folder, 'none.sqlite')].map((path) => existsSync(path))).toEqual([false, false]);
  });
});

describe('SQLite', () => {
  it('needs no migrate', async () => {
    const environment = { DATABASE_URL: `sqlite:${join(folder, 'new', 'folder', 'clients.sqlite')}` };
    expect(await commandHere(['create', '--name', 'x'], { environment })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

/** Calls of `create` on a database; `run` makes the process. Default: this one. */
function creating(database: TestDatabase, run: typeof commandHere = commandHere) {
  const create = (args: string[], input?: string) => run(['create', ...args], { environment: at(database), input });
  /** The client of a `--json` call that must have worked. */
  const created = async (args: string[], input?: string) => {
    const { exitCode, stdout, stderr } = await create([...args, '--json'], input);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return { json: stdout, client: JSON.parse(stdout) as Record<string, unknown> };
  };
  return { create, created };
}

// What flags, files and refusals look like is decided above the database.
describe('create', () => {
  const database = useDatabase(SQLITE.open);
  const { create, created } = creating(database);

  it('shows a table for people, with the secret, and says that it is shown once', async () => {
    const { exitCode, stdout, stderr } = await create(['--id', 'table', '--name', 'In\u001B[2J', '--scope', 'a b']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'client_id                     table',
      'client_name                   In\uFFFD[2J',
      'scope                         a b',
      'subject_type                  public',
      'token_endpoint_auth_method    client_secret_basic',
      'userinfo_signed_response_alg  none',
      expect.stringMatching(/^created_at {20}\d{4}-/),
      expect.stringMatching(/^updated_at {20}\d{4}-/),
      'registered_via                {"type":"cli"}',
      expect.stringMatching(/^client_secret {17}oacs_\w+$/),
      expect.stringMatching(/^registration_access_token {5}oart_\w+$/),
      'registration_client_uri       http://127.0.0.1:4444/oauth2/register/table',
      '',
      'The secret and the registration access token are shown only this once: keep them.',
      '',
    ]);
    const { stdout: none } = await create(['--auth-method', 'none', '--name', 'x']);
    expect(none).not.toContain('oacs_');
    expect(none).toMatch(/\nThe registration access token is shown only this once: keep it\.\n$/);
  });

  it('takes flags of every kind, with lists split at commas unless an entry is quoted', async () => {
    const texts = [
      '--id',
      'all',
      '--name',
      'n, o',
      '--owner',
      'o',
      '--token-endpoint-auth-method',
      'client_secret_post',
    ];
    const lists = ['--grant-type', 'authorization_code,refresh_token', '--response-type', 'code', '--contact', 'a, b'];
    const scopes = ['--scope', 'a b', '--scope', 'c,d', '--audience', '"x""y,z",w'];
    const uris = [
      '--redirect-uri',
      '"https://a.example/1,2",https://a.example/3',
      '--redirect-uri',
      'https://a.example/4',
    ];
    const others = ['--skip-consent', '--client-secret-expires-at', '4102444800', '--metadata', '{"n":1.0}'];
    const { client, json } = await created([...texts, ...lists, ...scopes, ...uris, ...others]);
    expect(client).toMatchObject({
      client_id: 'all',
      client_name: 'n, o',
      owner: 'o',
      scope: 'a b c d',
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      contacts: ['a', 'b'],
      redirect_uris: ['https://a.example/1,2', 'https://a.example/3', 'https://a.example/4'],
      audience: ['x"y,z', 'w'],
      skip_consent: true,
      client_secret_expires_at: 4102444800,
    });
    expect(json).toContain('"metadata":{"n":1.0}');
  });

  it.each(['a file', 'standard input'])('reads %s, keeps its digits, and lets flags win', async (source) => {
    const metadata = '{"n":12345678901234567890,"d":1.0}';
    const sent = `\uFEFF{ "metadata": ${metadata}, "client_name": "file", "client_secret": "${CHOSEN}", "owner": "file" }`;
    const from = source === 'a file' ? file('client.json', sent) : '-';
    const { json, client } = await created(['--file', from], sent);
    expect(json).toContain(`"metadata":${metadata},`);
    expect(client).toMatchObject({ client_name: 'file', owner: 'file', client_secret: CHOSEN });
    const { json: merged, client: both } = await created(['--file', from, '--name', 'flag'], sent);
    expect(merged).toContain(`"metadata":${metadata},`);
    expect(both).toMatchObject({ client_name: 'flag', owner: 'file', client_secret: CHOSEN });
  });

  it('lists all faults, one a line, and creates nothing', async () => {
    const wrong = ['--redirect-uri', 'javascript:x,https://a.example/#f', '--auth-method', 'loud', '--id', 'faulty'];
    const { exitCode, stdout, stderr } = await create(wrong);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^\/redirect_uris\/0: redirect_uris\[0\] .+\.$/),
      expect.stringMatching(/^\/redirect_uris\/1: redirect_uris\[1\] .+\.$/),
      expect.stringMatching(/^\/token_endpoint_auth_method: token_endpoint_auth_method .+\.$/),
      '',
    ]);
    await created(['--id', 'faulty']);
  });

  it('refuses members that the registry does not know, and creates nothing', async () => {
    const from = file('misspelt.json', '{"client_id": "misspelt", "redirect_uri": [], "\\u001bScope": ""}');
    expect(await create(['--file', from, '--name', 'x'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        '/redirect_uri: redirect_uri is not a known member: use redirect_uris, or leave it out.\n' +
        '/\uFFFDScope: \uFFFDScope is not a known member: use scope, or leave it out.\n',
    });
    await created(['--id', 'misspelt']);
  });

  it('refuses an id that is taken', async () => {
    await created(['--id', 'taken']);
    const { exitCode, stdout, stderr } = await create(['--id', 'taken']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe('A client with the client_id taken exists already: choose another one.\n');
  });

  it('does not pass for done when nobody could read the secret', async () => {
    const child = spawn(process.execPath, [COMMAND, 'create', '--name', 'x'], { env: at(database) });
    child.stdout.destroy();
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: 'Standard output cannot be written to (EPIPE); changes that the command has made are kept.\n',
    });
  });
});

describe.each(DATABASES)('on $database', ({ open }) => {
  const database = useDatabase(open);
  const { create, created } = creating(database);

  beforeAll(async () => {
    expect(await command(['migrate'], { environment: at(database) })).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^Done: ClientRegistryCreateClients\d+, .+\.\n$/),
      stderr: '',
    });
  });

  it('migrate has nothing to do the second time', async () => {
    const { exitCode, stdout } = await commandHere(['migrate'], { environment: at(database) });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Nothing to do: the database is up to date.\n' });
  });

  it('create makes clients whose secrets are theirs', async () => {
    const clients = [(await created(['--name', 'x'])).client];
    clients.push((await created(['--file', '-'], JSON.stringify({ client_secret: CHOSEN }))).client);
    await using judge = await startStandalone({ database });
    const verify = (client: Record<string, unknown>, secret: string) =>
      judge.get(SecretsService).verify(String(client['client_id']), secret);
    for (const client of clients) {
      await expect(verify(client, String(client['client_secret']))).resolves.toBe(true);
      await expect(verify(client, `${CHOSEN}!`)).resolves.toBe(false);
    }
  });

  it('serve answers for what create made before and beside it, without the secret, and ends with 0 on SIGTERM', async () => {
    const environment = { ...at(database), ADMIN_PORT: 'overruled by the flag', LOG_LEVEL: 'trace' };
    const before = await created(['--id', 'before']);
    await using service = await startProcess(environment, (port) => [COMMAND, 'serve', '--port', String(port)]);
    // Writes of the service and of two commands at once.
    const posts = Array.from({ length: 20 }, (_, index) => postClient(service.url, { client_id: `posted-${index}` }));
    const another = creating(database, command);
    const beside = await Promise.all([created(['--id', 'beside-1']), another.created(['--id', 'beside-2'])]);
    for (const { status } of await Promise.all(posts)) expect(status).toBe(201);
    const answers = [];
    for (const { client } of [before, ...beside])
      answers.push(await getClient(service.url, String(client['client_id'])));
    expect(answers.map(({ status, body }) => [status, body['client_id']])).toEqual([
      [200, 'before'],
      [200, 'beside-1'],
      [200, 'beside-2'],
    ]);
    const { stderr } = await create(['--id', 'before']);
    expect(await service.end('SIGTERM')).toBe(0);
    const later = [stderr, service.output(), ...answers.map((answer) => answer.text)].join('');
    for (const { client } of [before, ...beside])
      for (const name of ['client_secret', 'registration_access_token']) {
        expect(client[name]).toMatch(/^oa(cs|rt)_/);
        expect(later).not.toContain(client[name]);
      }
  });
});
