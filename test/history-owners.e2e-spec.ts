import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../src/index.js';
import { startStandalone } from './support/app.js';
import { changesIn, name, pause, versionsIn } from './support/changes.js';
import { DATABASES } from './support/databases.js';
import { request } from './support/http.js';
import { as, HONEST } from './support/principals.js';
import { useService } from './support/use.js';

describe.each(DATABASES)('the history of clients and lives of others, on $database,', ({ open }) => {
  const service = useService(startStandalone, open, { authenticators: [HONEST] });
  const reader = (owner: string, ...scopes: NonNullable<Principal['scopes']>) =>
    as({ owner, scopes: ['clients:read', 'clients:write', ...scopes] });
  const [teamA, teamB, auditorA] = [reader('a'), reader('b'), reader('a', 'journal:read')];
  const call = (headers: Record<string, string>, path: string, method = 'GET', body?: unknown) =>
    request(`${service.url}/admin/clients/${path}`, { method, body, headers });

  it('an owner sees and reverts to only what was its own', async () => {
    await call(as({}), '', 'POST', { client_id: 'moved', owner: 'a', client_name: 'of a' });
    await call(as({}), 'moved', 'PATCH', name('still of a'));
    await pause();
    const { body } = await call(as({}), 'moved', 'PATCH', [{ op: 'replace', path: '/owner', value: 'b' }]);
    await call(as({}), 'moved', 'PATCH', name('of b'));
    expect(versionsIn(await call(teamA, 'moved/history'))).toEqual([2, 1]);
    expect(versionsIn(await call(teamB, 'moved/history'))).toEqual([4, 3]);
    const seen = async (headers: Record<string, string>, paths: string[]) =>
      Promise.all(paths.map(async (path) => (await call(headers, path)).status));
    const versions = ['moved/changes/1', 'moved/changes/2', 'moved/changes/3', 'moved/changes/4'];
    expect(await seen(teamA, versions)).toEqual([200, 200, 404, 404]);
    expect(await seen(teamB, versions)).toEqual([404, 404, 200, 200]);
    const moments = ['moved?as_of=2', 'moved?as_of=3', `moved?as_of=${String(body['updated_at'])}`, 'moved'];
    expect(await seen(teamA, moments)).toEqual([200, 404, 404, 404]);
    expect(await seen(teamB, moments)).toEqual([404, 200, 200, 200]);
    // The patch of the move would show what the client was.
    expect((await call(teamB, 'moved/changes/3')).body['patch']).toBeNull();
    expect((await call(teamB, 'moved/changes/4')).body['patch']).toEqual(expect.any(Array));
    for (const [headers, version] of [
      [teamB, 2],
      [teamA, 1],
      [teamA, 3],
    ] as const)
      expect((await call(headers, 'moved/revert', 'POST', { version })).status).toBe(404);
    expect((await call(teamB, 'moved/revert', 'POST', { version: 3 })).status).toBe(200);
    expect((await call(as({}), 'moved')).body).toMatchObject({ owner: 'b', client_name: 'still of a' });
  });

  it('a removed client and its next life are told apart, and the earlier one needs journal:read', async () => {
    await call(as({}), '', 'POST', { client_id: 'reborn', owner: 'a', client_name: 'first life' });
    await call(as({}), 'reborn', 'PATCH', name('first life, changed'));
    const during = String((await call(as({}), 'reborn')).body['updated_at']);
    await pause();
    await call(as({}), 'reborn', 'DELETE');
    const gone = ['reborn/history', 'reborn/changes/1', 'reborn?as_of=1', `reborn?as_of=${during}`];
    for (const path of gone) {
      const unknown = await call(teamA, path.replace('reborn', 'nobody'));
      expect([path, (await call(teamA, path)).text]).toEqual([path, unknown.text]);
      expect([path, (await call(auditorA, path)).status]).toEqual([path, 200]);
    }
    expect((await call(auditorA, 'reborn?as_of=3')).status).toBe(404);
    expect((await call(auditorA, 'reborn?as_of=2999-01-01T00:00:00Z')).status).toBe(404);
    await pause();
    await call(as({}), '', 'POST', { client_id: 'reborn', owner: 'b', client_name: 'second life' });
    expect(versionsIn(await call(teamB, 'reborn/history'))).toEqual([1]);
    for (const path of gone) expect([path, (await call(teamA, path)).status]).toEqual([path, 404]);
    expect(versionsIn(await call(auditorA, 'reborn/history'))).toEqual([3, 2, 1]);
    expect(versionsIn(await call(as({}), 'reborn/history'))).toEqual([1, 3, 2, 1]);
    // A version is one of the current life.
    expect((await call(as({}), 'reborn?as_of=1')).body['client_name']).toBe('second life');
    expect((await call(as({}), 'reborn?as_of=2')).status).toBe(404);
    expect((await call(auditorA, 'reborn?as_of=1')).status).toBe(404);
    for (const headers of [as({}), auditorA])
      expect((await call(headers, `reborn?as_of=${during}`)).body['client_name']).toBe('first life, changed');
    expect((await call(teamB, `reborn?as_of=${during}`)).status).toBe(404);
    const [{ tag } = { tag: '' }] = changesIn(await call(auditorA, 'reborn/history'));
    expect((await call(auditorA, `reborn/changes/2?tag=${tag}`)).body).toMatchObject({
      client: { client_name: 'first life, changed' },
    });
    const refused = await call(teamB, `reborn/changes/2?tag=${tag}`);
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([
      403,
      expect.stringContaining('journal:read'),
    ]);
    for (const other of ['x', '%00', 'x'.repeat(99)])
      expect((await call(as({}), `reborn/changes/1?tag=${other}`)).status).toBe(404);
    expect((await call(as({}), 'reborn/revert', 'POST', { version: 2 })).status).toBe(404);
  });

  it('a revert that ends secrets needs secrets:write', async () => {
    await call(as({}), '', 'POST', { client_id: 'public', owner: 'a', token_endpoint_auth_method: 'none' });
    await call(as({}), 'public', 'PUT', { owner: 'a' });
    await call(as({}), 'public/secrets/rotate', 'POST');
    const { status, headers } = await call(teamA, 'public/revert', 'POST', { version: 1 });
    expect([status, headers['www-authenticate']]).toEqual([403, expect.stringContaining('secrets:write')]);
    expect((await call(reader('a', 'secrets:write'), 'public/revert', 'POST', { version: 1 })).status).toBe(200);
  });
});
