import { describe, expect, it } from '@jest/globals';
import { hasAlready, requireMatch } from '../src/http/preconditions.js';
import { OAuthError } from '../src/oauth-error/oauth-error.js';
import { SETTINGS } from './support/app.js';
import { type Answer, type Call, request, tagOf } from './support/http.js';
import { useService } from './support/use.js';

const LIFESPAN = 'client_credentials_grant_access_token_lifespan';
const STRONG_TAG = /^"[\x21\x23-\x7e]+"$/;

interface Write {
  method: string;
  /** Below the client; `:secret` stands for the id of its oldest secret. */
  path: string;
  body?: unknown;
}

/** Every write of a client; each changes a client that has two secrets. */
const WRITES: Write[] = [
  { method: 'PUT', path: '', body: { client_name: 'replaced' } },
  { method: 'PATCH', path: '', body: [{ op: 'replace', path: '/client_name', value: 'patched' }] },
  { method: 'DELETE', path: '' },
  { method: 'PUT', path: '/lifespans', body: { [LIFESPAN]: '1h' } },
  { method: 'POST', path: '/secrets' },
  { method: 'DELETE', path: '/secrets/:secret' },
  { method: 'POST', path: '/secrets/rotate' },
  { method: 'DELETE', path: '/secrets/rotate' },
];
const shownByName = WRITES.map((write) => ({ name: `${write.method} {id}${write.path}`, write }));

describe.each(SETTINGS)('preconditions, $setting', ({ start, open }) => {
  const service = useService(start, open);

  const send = (method: string, path: string, { body, headers }: Call = {}) =>
    request(`${service.url}/admin/clients${path}`, { method, body, headers });

  /** A new client with two secrets. */
  async function created(): Promise<{ id: string; tag: string; secret: string }> {
    const id = `/${String((await send('POST', '', { body: {} })).body['client_id'])}`;
    const tag = tagOf(await send('POST', `${id}/secrets/rotate`));
    const { text } = await send('GET', `${id}/secrets`);
    const [, oldest] = JSON.parse(text) as [unknown, { id: string }];
    return { id, tag, secret: oldest.id };
  }

  function perform({ method, path, body }: Write, id: string, secret: string, ifMatch?: string): Promise<Answer> {
    const headers = ifMatch === undefined ? undefined : { 'if-match': ifMatch };
    return send(method, id + path.replace(':secret', secret), { body, headers });
  }

  /** What is known of a client and its secrets, whatever happens to it. */
  async function state(id: string): Promise<unknown> {
    const [client, secrets] = await Promise.all([send('GET', id), send('GET', `${id}/secrets`)]);
    return [client.status, client.text, tagOf(client), secrets.text];
  }

  describe.each(shownByName)('$name', ({ write }) => {
    it.each<[string, (tag: string) => string | undefined]>([
      ['without If-Match', () => undefined],
      ['when any state will do', () => '*'],
      ['when the state still stands', (tag) => tag],
      ['when one of several states still stands', (tag) => `"stale", W/"weak",${tag} ,"other"`],
    ])('is carried out %s', async (_, header) => {
      const { id, tag, secret } = await created();
      const before = await state(id);
      expect((await perform(write, id, secret, header(tag))).status).toBeLessThan(300);
      expect(await state(id)).not.toEqual(before);
    });

    it.each<[string, number, string, (tag: string) => string]>([
      ['a weak tag', 412, 'precondition_failed', (tag) => `W/${tag}`],
      ['a tag of no state', 412, 'precondition_failed', () => '"stale"'],
      ['tags of other states', 412, 'precondition_failed', (tag) => `"", "a,b", W/${tag}`],
      ['a tag without quotes', 400, 'invalid_request', (tag) => tag.slice(1, -1)],
      ['a tag without its end', 400, 'invalid_request', (tag) => tag.slice(0, -1)],
      ['* in a list', 400, 'invalid_request', (tag) => `*, ${tag}`],
      ['nothing', 400, 'invalid_request', () => ''],
    ])('is refused with %s as If-Match and changes nothing', async (_, status, error, header) => {
      const { id, tag, secret } = await created();
      const before = await state(id);
      const answer = await perform(write, id, secret, header(tag));
      expect([answer.status, answer.body['error']]).toEqual([status, error]);
      expect(answer.body['error_description']).toContain('If-Match');
      expect(await state(id)).toEqual(before);
    });

    it('is refused when somebody else came between, and goes through with the tag of what is there now', async () => {
      const { id, tag, secret } = await created();
      const now = await send('PUT', `${id}/lifespans`, { body: { [LIFESPAN]: '2h' } });
      const before = await state(id);
      expect((await perform(write, id, secret, tag)).status).toBe(412);
      expect(await state(id)).toEqual(before);
      expect((await perform(write, id, secret, tagOf(now))).status).toBeLessThan(300);
    });

    it('is 404 for an unknown client, whatever If-Match says', async () => {
      for (const ifMatch of ['*', '"stale"', 'W/"weak"', undefined]) {
        const { status, body } = await perform(write, '/nobody', 'x', ifMatch);
        expect([status, body['error']]).toEqual([404, 'not_found']);
      }
    });
  });

  it('has a replacement judged before the client is looked up, and all else after', async () => {
    const bad = { client_name: 5, [LIFESPAN]: 5, grace: 5, label: 5 };
    expect((await send('PUT', '/nobody', { body: bad })).status).toBe(400);
    expect((await send('PUT', '/nobody', { body: '{' })).status).toBe(400);
    for (const body of [bad, '{', 'null', '[5]'])
      for (const [method, path] of [
        ['PATCH', ''],
        ['PUT', '/lifespans'],
        ['POST', '/secrets'],
        ['POST', '/secrets/rotate'],
      ] as const)
        expect([method, path, (await send(method, `/nobody${path}`, { body })).status]).toEqual([method, path, 404]);
    const { id } = await created();
    for (const [method, path] of [
      ['PUT', ''],
      ['PATCH', ''],
      ['PUT', '/lifespans'],
      ['POST', '/secrets'],
      ['POST', '/secrets/rotate'],
    ] as const)
      expect([method, path, (await send(method, id + path, { body: bad })).status]).toEqual([method, path, 400]);
  });

  it('answers 304 without a body to a reader that has the state already', async () => {
    const { id, tag } = await created();
    for (const method of ['GET', 'HEAD'])
      for (const header of [tag, `W/${tag}`, '*', `"other", ${tag}`, `W/"other",W/${tag}`]) {
        const { status, text, headers } = await send(method, id, { headers: { 'if-none-match': header } });
        expect([method, header, status, text]).toEqual([method, header, 304, '']);
        expect(headers).toMatchObject({ etag: tag, 'cache-control': 'no-store' });
      }
  });

  it('answers in full to a reader that has another state or sends what is no tag', async () => {
    const { id, tag } = await created();
    const { text } = await send('GET', id);
    for (const header of ['"other"', 'W/"other"', tag.slice(1, -1), tag.slice(0, -1), `*, ${tag}`, `${tag}, x`, '']) {
      const get = await send('GET', id, { headers: { 'if-none-match': header } });
      expect([header, get.status, get.text, tagOf(get)]).toEqual([header, 200, text, tag]);
      const head = await send('HEAD', id, { headers: { 'if-none-match': header } });
      expect([header, head.status, tagOf(head)]).toEqual([header, 200, tag]);
    }
    await send('PUT', `${id}/lifespans`, { body: { [LIFESPAN]: '2h' } });
    expect((await send('GET', id, { headers: { 'if-none-match': tag } })).status).toBe(200);
    expect((await send('GET', '/nobody', { headers: { 'if-none-match': '*' } })).status).toBe(404);
  });

  it('shows a strong tag with every client, another one after each change and the same one without', async () => {
    const first = await send('POST', '', { body: { client_name: 'Orders' } });
    const id = `/${String(first.body['client_id'])}`;
    const known = new Set([tagOf(first)]);
    const current = async () => tagOf(await send('GET', id));
    expect(await current()).toBe(tagOf(first));
    const patch = [{ op: 'replace', path: '/owner', value: 'team' }];
    for (const { method, path, body, idle = true } of [
      { method: 'PUT', path: '', body: { client_name: 'Web', metadata: { z: 1, a: 2 } } },
      { method: 'PATCH', path: '', body: patch },
      { method: 'PUT', path: '/lifespans', body: { [LIFESPAN]: '1h' } },
      { method: 'POST', path: '/secrets/rotate', body: undefined, idle: false },
      { method: 'DELETE', path: '/secrets/rotate', body: undefined },
    ]) {
      const tag = tagOf(await send(method, id + path, { body }));
      expect(tag).toMatch(STRONG_TAG);
      expect([...known]).not.toContain(tag);
      expect(await current()).toBe(tag);
      if (idle) expect(tagOf(await send(method, id + path, { body }))).toBe(tag);
      known.add(await current());
    }
    const { body: added } = await send('POST', `${id}/secrets`);
    expect([...known]).not.toContain(await current());
    known.add(await current());
    await send('DELETE', `${id}/secrets/${String(added['id'])}`);
    expect([...known]).not.toContain(await current());
    expect(tagOf(first)).toMatch(STRONG_TAG);
  });

  it('never shows a tag again for another client of the same id', async () => {
    const body = { client_id: 'again', client_name: 'Orders' };
    const tags: string[] = [];
    for (let life = 0; life < 4; life += 1) {
      tags.push(tagOf(await send('POST', '', { body })));
      tags.push(tagOf(await send('PUT', '/again', { body: { ...body, owner: 'team' } })));
      const [older] = tags;
      if (life > 0) {
        const stale = await send('PUT', '/again', { body: {}, headers: { 'if-match': String(older) } });
        const fresh = await send('GET', '/again', { headers: { 'if-none-match': String(older) } });
        expect([stale.status, fresh.status]).toEqual([412, 200]);
      }
      expect((await send('DELETE', '/again', { headers: { 'if-match': String(tags.at(-1)) } })).status).toBe(204);
      expect((await send('GET', '/again')).status).toBe(404);
    }
    expect(new Set(tags).size).toBe(8);
  });
});

describe('a header of entity tags', () => {
  /** What If-Match leads to, and whether If-None-Match matches. */
  function outcome(header: string | undefined, etag = '"a"'): [status: number, matches: boolean] {
    try {
      requireMatch(header, etag);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return [error.getStatus(), hasAlready(header, etag)];
    }
    return [200, hasAlready(header, etag)];
  }

  it.each([
    ['"a"', '"a"'],
    [' \t"a" ', '"a"'],
    ['"b","a"', '"a"'],
    ['"b"\t , \t"a"', '"a"'],
    [',, "a" ,', '"a"'],
    ['W/"b","a"', '"a"'],
    ['"a,b"', '"a,b"'],
    ['"x", "c,a", "a,b"', '"a,b"'],
    ['"b,", "a"', '"a"'],
    ['""', '""'],
    ['"b",""', '""'],
    ['"W/"', '"W/"'],
    ['"*"', '"*"'],
    ['"\xfc"', '"\xfc"'],
    ['*', '"a"'],
    [' * ', '"a"'],
  ])('%j has %s', (header, etag) => {
    expect(outcome(header, etag)).toEqual([200, true]);
  });

  it.each(['"b"', '""', '"a,"', '"b,a"', '"A"', '"*"', '"a/b"', '"b", "c"'])('%j has not "a"', (header) => {
    expect(outcome(header)).toEqual([412, false]);
  });

  it.each(['W/"a"', '"b", W/"a"', 'W/"b",W/"a"'])('%j has "a" for a reader, not for a writer', (header) => {
    expect(outcome(header)).toEqual([412, true]);
  });

  it.each([
    '',
    ' ',
    ',',
    'a',
    '"a',
    'a"',
    '"',
    '"a"x',
    'x"a"',
    '"a", b',
    '"a" "b"',
    '"a""b"',
    '*, "a"',
    '"a",*',
    '**',
    'w/"a"',
    'W/ "a"',
    "'a'",
  ])('%j is malformed, and holds nothing for a reader', (header) => {
    expect(outcome(header)).toEqual([400, false]);
  });

  it('that is not there lets every writer write and every reader read', () => {
    expect(outcome(undefined)).toEqual([200, false]);
  });
});
