import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { startStandalone } from './support/app.js';
import { COMMAND, command, type Ended } from './support/command.js';
import { commandHere } from './support/command-here.js';
import { POSTGRES, SQLITE } from './support/databases.js';
import { use } from './support/use.js';

/** What differs from run to run, replaced: secrets, ids, times, hints, places in a list, and where a client comes from. */
function normalised(said: string): string {
  return said
    .replaceAll(/oa(cs|rt)_\w+/g, 'oa$1_…')
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/("hint":")[^"]+|\b1[789]\d{8}\b/g, '$1…')
    .replaceAll(/(<id>  \S* +)\S{4}(?=  <time>)/g, '$1…')
    .replaceAll(/("type": ?")(cli|admin)"/g, '$1…"')
    .replaceAll(/--page-token \S+/g, '--page-token …');
}

/**
 * The life of two clients, command by command: what is typed, what standard input has, and on which registry the command is a process
 * of its own. Each is once: so it loads what it needs, and ends.
 */
const LIFE: { args: string[]; input?: string; ownProcess?: 'local' | 'http' }[] = [
  { args: ['create', '--id', 'a/ü', '--name', 'First', '--scope', 'x,y', '--format', 'json'], ownProcess: 'local' },
  { args: ['create', '--id', 'b', '--grant-type', 'client_credentials', '--owner', 'team'], ownProcess: 'http' },
  {
    args: ['update', 'b', '--file', '-', '--name', 'Second', '--skip-consent', '--json'],
    input: '{"owner": null, "client_name": "file", "metadata": {"n": 12345678901234567890, "d": 1.0}}',
    ownProcess: 'http',
  },
  { args: ['update', 'b', '--no-skip-consent', '--redirect-uri', 'x,javascript:y'] },
  { args: ['get', 'b', '--format', 'json-pretty'] },
  { args: ['get', 'a/ü', 'nobody', 'b', '--format', 'ndjson'], ownProcess: 'http' },
  { args: ['list', '--page-size', '1', '--fields', 'client_id,metadata', '--format', 'ndjson'] },
  { args: ['list', '--limit', '1', '--sort', '-client_name'], ownProcess: 'local' },
  { args: ['rotate', 'b', '--grace', '1h'], ownProcess: 'http' },
  { args: ['secrets', 'add', 'b', '--label', 'blue', '--json'] },
  { args: ['secrets', 'list', 'b'], ownProcess: 'local' },
  { args: ['secrets', 'revoke', 'b', 'oldest'] },
  { args: ['suspend', 'b', '--reason', 'leaked', '--format', 'json-pretty'] },
  { args: ['suspend', 'b', '--reason', 'x'.repeat(513)] },
  { args: ['resume', 'b', '--format', 'json-pretty'], ownProcess: 'http' },
  { args: ['delete', 'b', 'nobody', 'a/ü'], ownProcess: 'http' },
];

async function live(registry: 'local' | 'http', environment: Record<string, string>): Promise<Ended[]> {
  const ends: Ended[] = [];
  for (const { args, input, ownProcess } of LIFE) {
    const run = ownProcess === registry ? command : commandHere;
    const { exitCode, stdout, stderr } = await run(args, { environment, input });
    ends.push({ exitCode, stdout: normalised(stdout), stderr: normalised(stderr) });
  }
  return ends;
}

describe('the commands on clients', () => {
  const service = use(async (keep) => {
    const database = await keep(POSTGRES.open());
    return { local: await keep(SQLITE.open()), http: await keep(startStandalone({ database })) };
  });

  it('say and do the same on a database and on a running service', async () => {
    const local = await live('local', { DATABASE_URL: service.local.url, BCRYPT_COST: '4' });
    const http = await live('http', { OAUTH2_REGISTRY_URL: service.http.url });
    expect(http).toEqual(local);
    const [
      first,
      second,
      changed,
      refused,
      pretty,
      found,
      lines,
      limited,
      rotated,
      added,
      secrets,
      revoked,
      suspended,
      overlong,
      resumed,
      gone,
    ] = local;
    expect([
      first,
      second,
      changed,
      pretty,
      lines,
      limited,
      rotated,
      added,
      secrets,
      revoked,
      suspended,
      resumed,
    ]).toEqual(Array.from({ length: 12 }, () => expect.objectContaining({ exitCode: 0 })));
    expect(first?.stdout).toMatch(/^\{"client_id":"a\/ü","client_name":"First",.+"client_secret":"oacs_…",.+\}\n$/);
    expect(second?.stdout).toMatch(/^owner +team$/m);
    expect(changed?.stdout).toContain('"metadata":{"n":12345678901234567890,"d":1.0}');
    expect(JSON.parse(changed?.stdout ?? '')).toMatchObject({ client_name: 'Second', owner: '', skip_consent: true });
    expect(refused).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^\/redirect_uris\/0: .+\n.+\n$/),
    });
    expect(pretty?.stdout).toMatch(/^\{\n {2}"client_id": "b",\n[^]+"n": 12345678901234567890,\n[^]+\n\}\n$/);
    expect(found).toEqual({ exitCode: 1, stdout: '', stderr: 'nobody: There is no client with this client_id.\n' });
    expect(lines?.stdout).toBe(
      '{"client_id":"a/ü","metadata":{}}\n{"client_id":"b","metadata":{"n":12345678901234567890,"d":1.0}}\n',
    );
    expect(limited).toMatchObject({
      stdout: expect.stringMatching(
        /^client_id +client_name +owner +grant_types +scope\nb +Second +client_credentials +.+\n$/,
      ),
      stderr: 'More clients match: add --page-token … to go on.\n',
    });
    expect(rotated?.stdout).toMatch(/\nclient_secret +oacs_…\n\nThe secret is shown only this once: keep it\.\n$/);
    expect(added?.stdout).toMatch(/^\{"id":"<id>","label":"blue",.+"client_secret":"oacs_…"\}\n$/);
    expect(secrets?.stdout).toMatch(/^id +label +hint .+\n<id>  blue .+\n<id> .+\n<id> .+\n$/);
    expect(revoked?.stdout).toBe('oldest\n');
    expect(JSON.parse(suspended?.stdout ?? '')).toMatchObject({ suspended: { at: '<time>', reason: 'leaked' } });
    expect(overlong).toMatchObject({
      exitCode: 1,
      stderr: '/reason: reason must not be longer than 512 characters.\n',
    });
    expect(resumed?.stdout).toContain('"client_id": "b"');
    expect(resumed?.stdout).not.toContain('suspended');
    expect(gone).toEqual({
      exitCode: 1,
      stdout: 'b\na/ü\n',
      stderr: 'nobody: There is no client with this client_id.\n',
    });
  });
});

describe.each(['a database', 'a running service'])('on %s', (kind) => {
  const place = use(async (keep): Promise<{ environment: Record<string, string> }> => {
    if (kind === 'a database') return { environment: { DATABASE_URL: (await keep(SQLITE.open())).url } };
    return {
      environment: { OAUTH2_REGISTRY_URL: (await keep(startStandalone({ database: await keep(SQLITE.open()) }))).url },
    };
  });
  const run = (args: string[], input = '') => commandHere(args, { environment: place.environment, input });

  it('YAML comes back through --file, every text and digit of it', async () => {
    const metadata =
      '{"n":12345678901234567890,"d":1.0,"e":1e2,"texts":["yes","1.0","null","~","a: b","# a","- a","2026-01-31","","a\\nb ","0x1F","<<","é\\u0007","---"],"__proto__":{"a":[{},[]]}}';
    const made = await run(['create', '--id', 'yaml', '--metadata', metadata, '--scope', 'a,b', '--json']);
    expect(made.stdout).toContain(`"metadata":${metadata}`);
    const shown = await run(['get', 'yaml', '--format', 'yaml']);
    expect(shown.stdout).toMatch(/^client_id: yaml\n[^]*\nscope: a b\n[^]*\n {2}d: 1\.0\n/);
    expect((await run(['delete', 'yaml'])).exitCode).toBe(0);
    const again = await run(['create', '--file', '-', '--json'], shown.stdout);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await run(['get', 'yaml', '--json'])).stdout).toContain(`"metadata":${metadata}`);
    const edited = (await run(['get', 'yaml', '--format', 'yaml'])).stdout.replace('owner: ""', 'owner: team');
    expect(await run(['update', 'yaml', '--file', '-'], edited)).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await run(['get', 'yaml', '--json'])).stdout).toMatch(/"owner":"team".*"d":1\.0/);
    const { stdout } = await run(['list', '--fields', 'client_id,scope', '--format', 'yaml']);
    expect(stdout).toBe('- client_id: yaml\n  scope: a b\n');
    expect((await run(['list', '--owner', 'nobody', '--format', 'yaml'])).stdout).toBe('[]\n');
  });

  it('--quiet prints ids only, and says what is lost by it', async () => {
    expect(await run(['create', '--id', 'quiet', '-q', '--json'])).toEqual({
      exitCode: 0,
      stdout: 'quiet\n',
      stderr: '--quiet hides the secret and the registration access token, which no later call shows.\n',
    });
    expect((await run(['create', '--id', 'silent', '--owner', 'q', '--quiet'])).stdout).toBe('silent\n');
    expect((await run(['list', '--owner', 'q', '-q', '--format', 'yaml'])).stdout).toBe('silent\n');
    expect((await run(['list', '--owner', 'q', '-q', '--no-suspended'])).stdout).toBe('silent\n');
    expect((await run(['list', '--owner', 'q', '-q', '--suspended'])).stdout).toBe('');
    expect((await run(['get', 'silent', 'quiet', '-q'])).stdout).toBe('silent\nquiet\n');
    expect(await run(['update', 'silent', '--name', 'x', '-q'])).toEqual({
      exitCode: 0,
      stdout: 'silent\n',
      stderr: '',
    });
    expect((await run(['secrets', 'list', 'silent', '-q'])).stdout).toMatch(/^[\da-f-]{36}\n$/);
    expect((await run(['delete', 'silent', 'quiet', '-q'])).stdout).toBe('silent\nquiet\n');
  });

  it('history and --as-of show a client as it was, and revert brings that back', async () => {
    await run(['create', '--id', 'past', '--name', 'First', '-q']);
    await run(['update', 'past', '--name', 'Second', '-q']);
    const actor = expect.objectContaining(
      kind === 'a database' ? { type: 'cli', name: userInfo().username } : { type: 'anonymous' },
    );
    const created = { version: 1, kinds: ['client.created'], actor };
    const updated = { version: 2, kinds: ['client.updated'], members: ['client_name'], actor };
    const changes = JSON.parse((await run(['history', 'past', '--json'])).stdout) as { at: string }[];
    expect(changes).toEqual([expect.objectContaining(updated), expect.objectContaining(created)]);
    const table = (await run(['history', 'past'])).stdout.split('\n');
    expect(table).toEqual([
      expect.stringMatching(/^version +tag +at +kinds +members +actor$/),
      expect.stringMatching(/^2 .+Z +client\.updated +client_name +\{"type":/),
      expect.stringMatching(/^1 .+Z +client\.created +\{"type":/),
      '',
    ]);
    const newest = await run(['history', 'past', '--limit', '1', '--format', 'ndjson']);
    expect(JSON.parse(newest.stdout)).toMatchObject({ version: 2 });
    const [, token = ''] = /^There are older changes: add --page-token (\S+) to go on\.\n$/.exec(newest.stderr) ?? [];
    const older = await run(['history', 'past', '--format', 'ndjson', '--page-token', token]);
    expect([JSON.parse(older.stdout), older.stderr]).toEqual([expect.objectContaining(created), '']);
    for (const moment of ['1', changes[1]?.at ?? ''])
      expect(await run(['get', 'past', '--as-of', moment])).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^client_name +First$/m),
      });
    const reverted = await run(['revert', 'past', '--to', '1', '--json']);
    expect([reverted.exitCode, JSON.parse(reverted.stdout)]).toMatchObject([0, { client_name: 'First' }]);
    const [last] = JSON.parse((await run(['history', 'past', '--json', '--limit', '1'])).stdout) as unknown[];
    expect(last).toEqual(expect.objectContaining({ ...updated, version: 3 }));
  });

  it('tombstones lists what delete has removed, and restore brings it back', async () => {
    for (const id of ['lost', 'lost-too'])
      await run(['create', '--id', id, '--name', 'Lost', '--owner', 'team-lost', '-q']);
    const { stdout: before } = await run(['get', 'lost', '--json']);
    await run(['delete', 'lost', 'lost-too']);
    const table = (await run(['tombstones', '--owner', 'team-lost'])).stdout.split('\n');
    expect(table).toEqual([
      expect.stringMatching(/^client_id +client_name +owner +deleted_at +restorable_until +deleted_by$/),
      expect.stringMatching(/^lost-too +Lost +team-lost +20\S+Z +20\S+Z +\{"type":/),
      expect.stringMatching(/^lost +Lost +team-lost +20\S+Z +20\S+Z +\{"type":/),
      '',
    ]);
    expect((await run(['tombstones', '--owner', 'team-lost', '-q'])).stdout).toBe('lost-too\nlost\n');
    const first = await run(['tombstones', '--owner', 'team-lost', '-q', '--limit', '1']);
    const [, token = ''] =
      /^More clients can be restored: add --page-token (\S+) to go on\.\n$/.exec(first.stderr) ?? [];
    const second = await run(['tombstones', '--owner', 'team-lost', '-q', '--page-token', token]);
    expect([first.stdout, second]).toEqual(['lost-too\n', { exitCode: 0, stdout: 'lost\n', stderr: '' }]);
    const restored = await run(['restore', 'lost', '--json']);
    const withoutTime = (json: string) => ({ ...(JSON.parse(json) as object), updated_at: '' });
    expect(withoutTime(restored.stdout)).toEqual(withoutTime(before));
    expect((await run(['tombstones', '--client-id', 'lost', '-q'])).stdout).toBe('');
    const [change] = JSON.parse((await run(['history', 'lost', '--json', '--limit', '1'])).stdout) as unknown[];
    expect(change).toMatchObject({
      kinds: ['client.restored'],
      actor: kind === 'a database' ? { type: 'cli', name: userInfo().username } : { type: 'anonymous' },
    });
    expect(await run(['restore', 'lost'])).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it.each([
    [['restore', 'nobody'], 1, 'There is no client with this client_id.'],
    [['tombstones', '--page-token', 'x'], 1, 'page_token must be one that this list has returned'],
    [['get', 'pastless', '--as-of', '9'], 1, 'pastless: Nothing is known of the client at this time or version'],
    [['get', 'pastless', '--as-of', 'yesterday'], 1, 'pastless: as_of must be a time such as 2026-01-31T12:00:00Z'],
    [['history', 'nobody'], 1, 'There is no client with this client_id.'],
    [['history', 'pastless', '--page-token', 'x'], 1, 'page_token must be one that this list has returned'],
    [['revert', 'pastless', '--to', '9'], 1, 'The client has no such version'],
    [['revert', 'pastless', '--to', '0'], 1, '/version: version must be'],
    [['revert', 'pastless'], 2, "required option '--to <version>' not specified"],
    [['revert', 'pastless', '--to', 'first'], 2, 'Give a whole number.'],
  ])('%j is refused', async (args, exitCode, words) => {
    await run(['create', '--id', 'pastless', '-q']);
    expect(await run(args)).toEqual({ exitCode, stdout: '', stderr: expect.stringContaining(words) });
  });

  it('--if-match lets every change apply to the state that --etag shows, and to no other', async () => {
    await run(['create', '--id', 'tag', '-q']);
    const tagOf = async () => (await run(['get', 'tag', '--etag'])).stdout.trimEnd();
    const stale = await tagOf();
    expect(stale).toMatch(/^".+"$/);
    const changes = [
      ['update', 'tag', '--name', 'x'],
      ['revert', 'tag', '--to', '1'],
      ['suspend', 'tag'],
      ['resume', 'tag'],
      ['rotate', 'tag'],
      ['secrets', 'add', 'tag'],
      ['secrets', 'revoke', 'tag', 'oldest'],
      ['delete', 'tag'],
    ];
    for (const change of changes) {
      const current = await tagOf();
      if (current !== stale)
        expect(await run([...change, '--if-match', stale])).toMatchObject({
          exitCode: 1,
          stdout: '',
          stderr: expect.stringContaining('The client has changed in the meantime'),
        });
      expect(await run([...change, '--if-match', current])).toMatchObject({ exitCode: 0 });
    }
    expect((await run(['get', 'tag'])).exitCode).toBe(1);
  });
});

describe('list', () => {
  it('reads a page when the last one is taken, and ends quietly when the reader has seen enough', async () => {
    let pages = 0;
    const client = JSON.stringify({ client_id: 'x', client_name: 'n'.repeat(1000) });
    // A list without an end: a command that collected it would never end.
    const server = createServer((_, response) => {
      pages += 1;
      response.setHeader('Link', '</elsewhere?page_token=t>; rel="first",</elsewhere?page_token=t>; rel="next"');
      response.end(`[${Array.from({ length: 500 }, () => client).join(',')}]`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const child = spawn(
      process.execPath,
      [COMMAND, 'list', '--format', 'ndjson', '--url', `http://127.0.0.1:${port}`],
      { env: {} },
    );
    const ended = once(child, 'exit') as Promise<[number]>;
    const stderr = text(child.stderr);
    for await (const line of createInterface(child.stdout)) {
      expect(line).toBe(client);
      break;
    }
    child.stdout.destroy();
    const [exitCode] = await ended;
    expect({ exitCode, stderr: await stderr }).toEqual({ exitCode: 0, stderr: '' });
    // Pipe buffers hold less than a page.
    expect(pages).toBeLessThan(10);
    server.closeAllConnections();
    server.close();
  });
});
