import { beforeAll, describe, expect, it } from '@jest/globals';
import { EACH_WAY, SETTINGS } from './support/app.js';
import { request } from './support/http.js';
import { add, copy, MERGE_PATCH, move, remove, replace, test } from './support/json-patch.js';
import { Subject } from './support/subject.js';
import { useService } from './support/use.js';

const JSON_PATCH = 'application/json-patch+json';
const LIFESPAN = 'client_credentials_grant_access_token_lifespan';
const REDIRECT = 'https://app.example.com/cb';
const times = (count: number, operation: object) => Array.from({ length: count }, () => operation);

/** Expects a refusal of a patch that leaves everything as it was. */
async function expectRefused(subject: Subject, patch: unknown, words: RegExp, type = 'application/json') {
  const answer = await subject.refuses('PATCH', '', patch, { headers: { 'content-type': type } });
  expect(answer.body['error']).toMatch(/^invalid_/);
  expect(answer.body['error_description']).toMatch(words);
  return answer;
}

/** Expects a success of a patch that leaves everything as it was, the version included. */
async function expectPassedOver(subject: Subject, patch: unknown, type?: string): Promise<void> {
  const [{ text }, before] = await Promise.all([subject.get(), subject.state()]);
  const answer = await subject.patch(patch, type);
  expect([answer.status, answer.text]).toEqual([200, text]);
  expect(await subject.state()).toEqual(before);
}

/** Operations that are refused as second ones of a patch, and what the refusal tells beside their number. */
const BAD_OPERATIONS: [name: string, operation: unknown, words: RegExp][] = [
  ['an unknown op', { op: 'merge', path: '/owner', value: 'x' }, /\(merge \/owner\).* op/],
  ['an op in capitals', { op: 'ADD', path: '/owner', value: 'x' }, / op/],
  ['no op', { path: '/owner', value: 'x' }, / op/],
  ['no path', { op: 'remove' }, / path/],
  ['a path that is no pointer', remove('owner'), /\(remove owner\).* path/],
  ['a path with a broken escape', remove('/owner~2'), / path/],
  ['no value', { op: 'add', path: '/owner' }, /\(add \/owner\).* value/],
  ['no from', { op: 'copy', path: '/owner' }, / from/],
  ['no object', 5, / object/],
  ['null', null, / object/],
  ['another client_id', add('/client_id', 'other'), /\(add \/client_id\).* client_id/],
  ['a client_id replaced', replace('/client_id', 'x'), / client_id/],
  ['no client_id', remove('/client_id'), / client_id/],
  ['a client_id moved away', move('/client_id', '/owner'), / client_id/],
  ['a client_id moved to', move('/client_name', '/client_id'), / client_id/],
  ['a client_id copied to', copy('/client_name', '/client_id'), / client_id/],
  ['a member of client_id', add('/client_id/x', 1), / client_id/],
  ['a member of a prototype', add('/__proto__/x', 1), /\(add \/__proto__\/x\)/],
  ['a member of a constructor', add('/constructor/prototype/x', 1), /\(add \/constructor/],
  ['a member of a prototype in metadata', replace('/metadata/__proto__/x', 1), /\(replace \/metadata\/__proto__/],
  ['a failing test', test('/owner', 'nobody'), /\(test \/owner\)/],
  ['a test of the secret', test('/client_secret', 'a chosen secret'), /\(test \/client_secret\)/],
  ['an index out of range', add('/redirect_uris/2', REDIRECT), /\(add \/redirect_uris\/2\)/],
  ['an index after the last', replace('/redirect_uris/1', REDIRECT), /\(replace \/redirect_uris\/1\)/],
  ['the end of an array to be removed', remove('/redirect_uris/-'), /\(remove \/redirect_uris\/-\)/],
  ['a negative index', add('/redirect_uris/-1', REDIRECT), /\(add \/redirect_uris\/-1\)/],
  ['a leading zero', replace('/redirect_uris/00', REDIRECT), /\(replace \/redirect_uris\/00\)/],
  ['a parent that is not there', add('/metadata/a/b', 1), /\(add \/metadata\/a\/b\)/],
  ['a move into itself', move('/metadata', '/metadata/x'), /\(move \/metadata\/x\)/],
  ['an unknown member replaced', replace('/unknown', 1), /\(replace \/unknown\)/],
  ['a member that is left out removed', remove('/request_uris'), /\(remove \/request_uris\)/],
  ['all taken away', remove(''), /\(remove \)/],
];

/** Patches whose operations can be carried out, but whose result is refused. */
const BAD_RESULTS: [name: string, patch: unknown, error: string, words: RegExp][] = [
  ['a script', [add('/redirect_uris/-', 'javascript:x')], 'invalid_redirect_uri', /redirect_uris\[1\]/],
  ['no keys', [replace('/token_endpoint_auth_method', 'private_key_jwt')], 'invalid_client_metadata', /jwks/],
  ['a wrong type', [replace('/client_name', 5)], 'invalid_client_metadata', /client_name/],
  ['a text for a list', [move('/client_name', '/redirect_uris')], 'invalid_redirect_uri', /redirect_uris/],
  ['a short secret', [replace('/client_secret', '12345')], 'invalid_client_metadata', /^client_secret/],
  ['a wrong lifespan', [replace(`/${LIFESPAN}`, '1 day')], 'invalid_client_metadata', new RegExp(LIFESPAN)],
  ['no object', [replace('', 5)], 'invalid_request', /object/],
  ['an array', [replace('', [])], 'invalid_request', /object/],
  ['another client', [replace('', { client_id: 'other' })], 'invalid_request', /client_id/],
  ['no client', [replace('', { client_name: 'x' })], 'invalid_request', /client_id/],
];

describe.each(SETTINGS)('PATCH /admin/clients/{id} with a JSON Patch, $setting', ({ start, open }) => {
  const service = useService(start, open);
  let subject: Subject;
  beforeAll(async () => {
    const metadata = { list: ['0123456789'] };
    subject = await Subject.create(service, { client_name: 'Orders', redirect_uris: [REDIRECT], metadata });
  });

  it('carries out all six operations, and shows the client as it is then', async () => {
    const own = await Subject.create(service, { client_name: 'Orders', owner: 'a', redirect_uris: [REDIRECT] });
    const { status, text, headers, body } = await own.patch([
      test('/client_name', 'Orders'),
      replace('/client_name', 'Web'),
      add('/redirect_uris/0', `${REDIRECT}/0`),
      move('/owner', '/metadata/owner'),
      copy('/redirect_uris', '/metadata/uris'),
      remove('/redirect_uris/1'),
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ client_name: 'Web', owner: '', redirect_uris: [`${REDIRECT}/0`] });
    expect(body['metadata']).toEqual({ owner: 'a', uris: [`${REDIRECT}/0`, REDIRECT] });
    const read = await own.get();
    expect([read.text, read.headers['etag']]).toEqual([text, headers['etag']]);
  });

  it.each(BAD_OPERATIONS)('refuses %s, tells which operation it was, and changes nothing', async (_, bad, words) => {
    const { body } = await expectRefused(subject, [replace('/client_name', 'Changed'), bad], words);
    expect(body['error_description']).toMatch(/^Operation 1 /);
    expect(body['errors']).toMatchObject([{ pointer: '/1' }]);
  });

  it.each(BAD_RESULTS)('refuses a result that breaks a rule: %s', async (_, patch, error, words) => {
    const { body, text } = await expectRefused(subject, patch, words);
    expect(body['error']).toBe(error);
    expect(text).not.toContain('12345');
  });

  it('refuses what is no array, and copies that double a value again and again', async () => {
    await expectRefused(subject, { op: 'remove', path: '/owner' }, /array/);
    await expectRefused(subject, times(30, copy('/metadata/list', '/metadata/list/-')), /^Operation \d+ \(copy /);
    await expectRefused(subject, times(1001, {}), /1000/);
  });

  it.each([
    ['no operation', []],
    ['a test that holds', [test('/client_name', 'Orders'), test('/metadata', { list: ['0123456789'] })]],
    ['a value that is there', [replace('/client_name', 'Orders'), add('/redirect_uris', [REDIRECT])]],
    ['a change and its way back', [replace('/owner', 'x'), replace('/owner', '')]],
    ['a move to where it is', [move('/redirect_uris/0', '/redirect_uris/0')]],
    ['a default taken away', [remove('/scope'), remove('/owner')]],
    ['an unknown member', [add('/unknown', 1), add('/__proto__', { x: 1 })]],
    ['created_at', [replace('/created_at', '2001-02-03T04:05:06Z'), remove('/created_at'), add('/created_at/x', 1)]],
    ['updated_at', [add('/updated_at', 5), copy('/client_name', '/updated_at')]],
    ['the registration members', [add('/registration_access_token', 'x'), remove('/registration_client_uri')]],
    ['an empty secret', [replace('/client_secret', '')]],
    ['no secret', [replace('/client_secret', null)]],
  ])('keeps the version for a patch that changes nothing: %s', async (_, patch) => {
    await expectPassedOver(subject, patch);
    expect(await subject.verifies(subject.secret)).toBe(true);
  });

  it('replaces a known member that is left out', async () => {
    const own = await Subject.create(service);
    expect((await own.get()).body).not.toHaveProperty('request_uris');
    const { status, body } = await own.patch([replace('/request_uris', [REDIRECT]), replace('/jwks_uri', REDIRECT)]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ request_uris: [REDIRECT], jwks_uri: REDIRECT });
    await expectRefused(own, [replace('/request_uri', [REDIRECT])], /^Operation 0 \(replace \/request_uri\)/);
  });

  it('sets and clears lifespans, as they were sent', async () => {
    const own = await Subject.create(service);
    expect((await own.patch([replace(`/${LIFESPAN}`, '090m')])).body[LIFESPAN]).toBe('090m');
    for (const clearing of [remove(`/${LIFESPAN}`), replace(`/${LIFESPAN}`, null), replace(`/${LIFESPAN}`, '')]) {
      await own.patch([add(`/${LIFESPAN}`, '1h')]);
      expect((await own.get()).body[LIFESPAN]).toBe('1h');
      expect((await own.patch([clearing])).body[LIFESPAN]).toBeNull();
    }
  });

  it('shows a new secret this once and ends all older ones; an empty one or null keeps them', async () => {
    const own = await Subject.create(service);
    const rotated = await own.rotate();
    const second = String(rotated.body['client_secret']);
    for (const none of ['', null]) {
      const kept = await own.patch([replace('/client_secret', none), replace('/owner', `kept ${String(none)}`)]);
      expect([kept.status, Object.keys(kept.body)]).toEqual([200, expect.not.arrayContaining(['client_secret'])]);
      expect(await own.working([own.secret, second])).toEqual([true, true]);
    }
    await expectPassedOver(own, [remove('/client_secret')]);
    const { status, body } = await own.patch([replace('/client_secret', 'a chosen secret')]);
    expect([status, body['client_secret']]).toEqual([200, 'a chosen secret']);
    expect((await own.get()).body).not.toHaveProperty('client_secret');
    expect(await own.verifies('a chosen secret')).toBe(true);
    expect(await own.working([own.secret, second])).toEqual([false, false]);
  });

  it('ends the secrets of a client that becomes public, for good', async () => {
    const own = await Subject.create(service, { client_secret_expires_at: 4102444800 });
    const method = '/token_endpoint_auth_method';
    const { status, body } = await own.patch([replace(method, 'none')]);
    expect([status, body['client_secret_expires_at']]).toEqual([200, 0]);
    expect(await own.verifies(own.secret)).toBe(false);
    const back = await own.patch([replace(method, 'client_secret_basic')]);
    expect([back.status, Object.keys(back.body)]).toEqual([200, expect.not.arrayContaining(['client_secret'])]);
    expect(await own.verifies(own.secret)).toBe(false);
  });

  it('answers 404 for an unknown client before it looks at the patch', async () => {
    for (const body of ['[{"op":"no"}]', '{"no":"array"}', undefined]) {
      const { status, body: answer } = await request(`${service.url}/admin/clients/nobody`, { method: 'PATCH', body });
      expect([status, answer['error']]).toEqual([404, 'not_found']);
    }
  });
});

describe.each(EACH_WAY)('PATCH /admin/clients/{id} as bytes arrive, $setting', ({ start, open }) => {
  const service = useService(start, open);

  it.each([
    JSON_PATCH,
    `${JSON_PATCH}; charset=utf-8`,
    'application/json',
    'text/plain',
    'nonsense',
    MERGE_PATCH.slice(1),
  ])('reads a JSON Patch as %s', async (type) => {
    const own = await Subject.create(service);
    expect((await own.patch([replace('/owner', 'team')], type)).body['owner']).toBe('team');
  });

  it('refuses an empty body, no JSON, and 1,001 operations; null are none', async () => {
    const own = await Subject.create(service);
    await expectRefused(own, '', /empty/, JSON_PATCH);
    await expectRefused(own, '', /empty/, MERGE_PATCH);
    await expectRefused(own, '[{"op":', /JSON/, JSON_PATCH);
    await expectRefused(own, '"remove"', /array/, JSON_PATCH);
    await expectRefused(own, times(1001, add('/redirect_uris/-', REDIRECT)), /1000/, JSON_PATCH);
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    await expectRefused(own, `[{"op":"add","path":"/metadata","value":${deep},"value":1}]`, /nested/, JSON_PATCH);
    await expectPassedOver(own, 'null', JSON_PATCH);
  });

  it('keeps the digits of metadata, whatever is patched', async () => {
    const own = await Subject.create(service, '{"metadata":{"z":12345678901234567890,"f":1.0,"a":[1e2,-0]}}');
    const kept = '{"z":12345678901234567890,"f":1.0,"a":[1e2,-0]';
    expect((await own.patch([replace('/owner', 'team')])).text).toContain(`"metadata":${kept}},`);
    expect((await own.patch('[{"op":"add","path":"/metadata/n","value":2.50}]')).text).toContain(`${kept},"n":2.50},`);
    expect((await own.patch('{"metadata":{"n":1E400}}', MERGE_PATCH)).text).toContain(`${kept},"n":1E400},`);
    await expectPassedOver(own, '[{"op":"test","path":"/metadata/z","value":1.2345678901234567890e19}]');
    await expectRefused(own, '[{"op":"test","path":"/metadata/z","value":12345678901234567891}]', /^Operation 0 /);
    expect((await own.get()).text).toContain(`"metadata":${kept},"n":1E400},`);
  });

  it('keeps doubled names and escapes of metadata when other members are patched', async () => {
    const own = await Subject.create(service, '{"metadata":{"x":1,"x":2,"\\u0061":"\\u00e9","2":0,"1":0}}');
    const kept = '"metadata":{"x":1,"x":2,"\\u0061":"\\u00e9","2":0,"1":0},';
    expect((await own.patch([test('/owner', ''), replace('/owner', 'team')])).text).toContain(kept);
    expect((await own.patch('{"owner":null}', `${MERGE_PATCH};charset=utf-8`)).text).toContain(kept);
    await expectPassedOver(own, [test('/metadata/x', 2)]);
    await expectPassedOver(own, '{"metadata":{"x":2}}', MERGE_PATCH);
  });

  it('merges: null goes back to the default, objects are merged, all else is replaced', async () => {
    const metadata = { a: 1, b: { c: 2, d: 3 } };
    const own = await Subject.create(service, { client_name: 'n', scope: 's', metadata, [LIFESPAN]: '1h' });
    const { status, body } = await own.patch(
      { client_id: own.id, client_name: null, scope: null, metadata: { b: { c: null, e: [null] } }, unknown: { x: 1 } },
      MERGE_PATCH.toUpperCase(),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ client_name: '', scope: 'offline_access offline openid', [LIFESPAN]: '1h' });
    expect(body['metadata']).toEqual({ a: 1, b: { d: 3, e: [null] } });
    expect((await own.patch({ [LIFESPAN]: null }, MERGE_PATCH)).body[LIFESPAN]).toBeNull();
    expect((await own.patch({ [LIFESPAN]: '1.5h' }, MERGE_PATCH)).body[LIFESPAN]).toBe('1.5h');
    expect((await own.patch({ metadata: null }, MERGE_PATCH)).text).toContain('"metadata":{},');
  });

  it('keeps the version for a merge patch that changes nothing', async () => {
    const own = await Subject.create(service, { client_name: 'Orders', metadata: { a: 1 } });
    for (const patch of [
      {},
      { client_name: 'Orders', owner: null, metadata: { a: 1, b: null } },
      { created_at: '2001-02-03T04:05:06Z', updated_at: null, registration_client_uri: 5, unknown: 1 },
      { client_secret: '' },
      '{"__proto__":{"client_name":"x"},"constructor":{"prototype":{"x":1}}}',
    ])
      await expectPassedOver(own, patch, MERGE_PATCH);
  });

  it.each<[string, unknown, RegExp]>([
    ['another client_id', { client_name: 'x', client_id: 'other' }, /client_id/],
    ['no client_id', { client_name: 'x', client_id: null }, /client_id/],
    ['an array', [], /object/],
    ['a string', '"x"', /object/],
    ['null', 'null', /object/],
    ['a number', 5, /object/],
    ['a rule broken', { redirect_uris: ['javascript:x'] }, /redirect_uris\[0\]/],
    ['a wrong type', { client_name: 'x', contacts: { a: 1 } }, /contacts/],
  ])('refuses a merge patch with %s', async (_, patch, words) => {
    await expectRefused(await Subject.create(service), patch, words, MERGE_PATCH);
  });

  it('shows a secret that a merge patch sets, and ends the older ones', async () => {
    const own = await Subject.create(service);
    const { body } = await own.patch({ client_secret: 'a chosen secret' }, MERGE_PATCH);
    expect(body['client_secret']).toBe('a chosen secret');
    expect(await own.verifies('a chosen secret')).toBe(true);
    expect(await own.verifies(own.secret)).toBe(false);
  });

  it.each(['https://app.example.com/#f', 'javascript:alert(1)'])(
    'lets a client that was stored before a rule be read, rotated, given lifespans and replaced: %s',
    async (uri) => {
      const own = await Subject.create(service, { redirect_uris: [REDIRECT] });
      await service.dataSource.query(
        `UPDATE oauth2_client SET document = replace(document, '${REDIRECT}', '${uri}') WHERE id = '${own.id}'`,
      );
      expect((await own.get()).body['redirect_uris']).toEqual([uri]);
      const { body } = await expectRefused(own, [replace('/owner', 'team')], /redirect_uris\[0\]/);
      expect(body['error']).toBe('invalid_redirect_uri');
      await expectRefused(own, { owner: 'team' }, /redirect_uris\[0\]/, MERGE_PATCH);
      const rotated = await own.rotate();
      expect([rotated.status, rotated.body['redirect_uris']]).toEqual([200, [uri]]);
      expect(await own.verifies(String(rotated.body['client_secret']))).toBe(true);
      const lifespans = await own.send('PUT', '/lifespans', { [LIFESPAN]: '1h' });
      expect([lifespans.status, lifespans.body[LIFESPAN], lifespans.body['redirect_uris']]).toEqual([200, '1h', [uri]]);
      const mended = await own.patch([replace('/redirect_uris/0', REDIRECT), replace('/owner', 'team')]);
      expect([mended.status, mended.body['owner']]).toEqual([200, 'team']);
      const replaced = await own.send('PUT', '', { redirect_uris: [`${REDIRECT}/2`] });
      expect([replaced.status, replaced.body['redirect_uris']]).toEqual([200, [`${REDIRECT}/2`]]);
    },
  );
});
