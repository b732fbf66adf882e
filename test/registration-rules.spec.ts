import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ClientMetadata } from '../src/clients/metadata/client-metadata.js';
import { ClientInput } from '../src/clients/metadata/client.dto.js';
import { KNOWN_GRANTS, type GrantRules } from '../src/clients/metadata/standard/grants-and-responses.js';
import { registeredMembers, withUses } from '../src/clients/metadata/standard/registered-members.js';
import { registrationRules } from '../src/clients/metadata/standard/registration-rules.js';
import { readInput } from '../src/fields/read-input.js';
import { OAuthError } from '../src/index.js';

const REDIRECT = { redirect_uris: ['https://app.example.com/cb'] };
const stored = (members: object) => Object.assign(new ClientMetadata(), members);

/** Grants and response types that a client which sent `body` is shown, or the places of its faults. What it is shown means the same as what is stored. */
async function usesAfter(body: object, before?: ClientMetadata, options: GrantRules = {}): Promise<unknown> {
  try {
    const input = await readInput(ClientInput, { ...REDIRECT, ...body }, registrationRules(before, options));
    const kept = withUses(input, before, options);
    const shown = registeredMembers(stored({ ...kept }));
    const uses = { grant_types: shown.get('grant_types'), response_types: shown.get('response_types') };
    expect(withUses({ ...kept, ...uses } as ClientInput, before, options)).toMatchObject(uses);
    return Object.values(uses);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return error.faults.map(({ pointer }) => pointer);
  }
}

const CODE = 'authorization_code';
const CIBA = 'urn:openid:params:grant-type:ciba';

describe('grants and response types of a client that registers itself', () => {
  it.each([
    [{}, [[CODE], ['code']]],
    [{ grant_types: null, response_types: [] }, [[CODE], ['code']]],
    [{ grant_types: ['client_credentials'] }, [['client_credentials'], []]],
    [{ grant_types: [CODE, 'refresh_token'] }, [[CODE, 'refresh_token'], ['code']]],
    [{ grant_types: ['implicit'] }, [['implicit'], ['token']]],
    [
      { grant_types: [CODE, 'implicit'] },
      [
        [CODE, 'implicit'],
        ['code', 'token'],
      ],
    ],
    [{ response_types: ['code'] }, [[CODE], ['code']]],
    [{ response_types: ['id_token token'] }, [['implicit'], ['id_token token']]],
    [
      { response_types: ['id_token', 'code'] },
      [
        ['implicit', CODE],
        ['id_token', 'code'],
      ],
    ],
    [{ response_types: ['code token id_token'] }, [[CODE, 'implicit'], ['code token id_token']]],
    [{ grant_types: [CODE], response_types: ['code', 'none'] }, [[CODE], ['code', 'none']]],
  ])('%j become %j', async (body, uses) => {
    expect(await usesAfter(body)).toEqual(uses);
  });

  it('are kept as they follow from each other, and without either none are, as on the admin API', () => {
    const kept = (members: object) => withUses(stored(members));
    expect(kept({ grant_types: ['implicit'] })).toMatchObject({ response_types: ['token'] });
    expect(kept({ response_types: ['id_token'] })).toMatchObject({ grant_types: ['implicit'] });
    expect(kept({})).toMatchObject({ grant_types: [], response_types: [] });
  });

  it.each([
    [{ grant_types: [CODE], response_types: ['token'] }, ['/grant_types', '/response_types']],
    [{ grant_types: ['client_credentials'], response_types: ['code'] }, ['/grant_types']],
    [{ grant_types: [CODE, 'implicit'], response_types: ['code'] }, ['/response_types']],
    [{ grant_types: [CODE], response_types: ['none'] }, ['/response_types']],
    [{ grant_types: ['refresh_token', 'custom'] }, ['/grant_types/1']],
    [{ response_types: ['code', 'code code', 'constructor', ''] }, [1, 2, 3].map((at) => `/response_types/${at}`)],
    [{ grant_types: [CIBA] }, ['/backchannel_token_delivery_mode']],
  ])('%j are refused at %j', async (body, pointers) => {
    expect(await usesAfter(body)).toEqual(pointers);
  });

  it.each(KNOWN_GRANTS)('%s is a known grant', async (grant) => {
    const mode = { backchannel_token_delivery_mode: 'poll' };
    expect(await usesAfter({ ...mode, grant_types: [grant] })).toEqual([[grant], expect.any(Array)]);
  });

  it('the refusal of an unknown grant lists those that are known', async () => {
    const refusal = await readInput(ClientInput, { grant_types: ['custom'] }, registrationRules()).catch(String);
    for (const grant of KNOWN_GRANTS) expect(refusal).toContain(grant);
  });

  it('narrowed, unknown grants are left out, unless nothing is left', async () => {
    const narrowed = (body: object, before?: ClientMetadata) => usesAfter(body, before, { unknownGrants: 'narrow' });
    expect(await narrowed({ grant_types: ['custom', CODE] })).toEqual([[CODE], ['code']]);
    expect(await narrowed({ grant_types: ['custom', 'client_credentials'] })).toEqual([['client_credentials'], []]);
    expect(await narrowed({ grant_types: ['custom', 'other'] })).toEqual(['/grant_types/0', '/grant_types/1']);
    expect(await narrowed({ grant_types: ['custom'], response_types: ['code'] })).toEqual(['/grant_types/0']);
    const before = stored({ grant_types: ['custom', CODE] });
    expect(await narrowed({ grant_types: ['other', 'custom', CODE] }, before)).toEqual([['custom', CODE], ['code']]);
  });

  it('a grant that an administrator added may be kept, or dropped and not had back', async () => {
    const before = stored({ ...REDIRECT, grant_types: [CODE, 'custom'], response_types: ['code'] });
    const same = { grant_types: [CODE, 'custom'], response_types: ['code'] };
    expect(await usesAfter({ ...same, client_name: 'Renamed' }, before)).toEqual([[CODE, 'custom'], ['code']]);
    expect(await usesAfter({ ...same, grant_types: ['custom', CODE] }, before)).toEqual([['custom', CODE], ['code']]);
    const dropped = stored({ ...REDIRECT, grant_types: [CODE], response_types: ['code'] });
    expect(await usesAfter(same, dropped)).toEqual(['/grant_types/1']);
  });

  it('what an administrator left in disagreement stays, until one of the two is changed', async () => {
    const odd = { grant_types: ['client_credentials'], response_types: ['code'] };
    const before = stored({ ...REDIRECT, ...odd });
    expect(await usesAfter({ ...odd, client_name: 'Renamed' }, before)).toEqual([['client_credentials'], ['code']]);
    expect(await usesAfter({ ...odd, response_types: ['code', 'token'] }, before)).toEqual([
      '/grant_types',
      '/grant_types',
    ]);
  });
});

describe('redirect URIs of a client that registers itself', () => {
  const FRAGMENT = { grant_types: ['implicit'], response_types: ['token'] };
  it.each([
    // As VS Code, Cursor and Claude Code send them.
    [
      { application_type: 'native', redirect_uris: ['https://vscode.dev/redirect', 'http://127.0.0.1:33418/'] },
      'taken',
    ],
    [{ redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'] }, 'taken'],
    [{ redirect_uris: ['http://localhost:54545/callback'] }, 'taken'],
    // An application is web unless it says otherwise.
    [{ ...FRAGMENT, redirect_uris: ['https://app.example.com/cb'] }, 'taken'],
    [{ ...FRAGMENT, redirect_uris: ['http://app.example.com/cb'] }, '/redirect_uris/0'],
    [{ ...FRAGMENT, redirect_uris: ['https://localhost/cb'] }, '/redirect_uris/0'],
    [{ ...FRAGMENT, application_type: 'native', redirect_uris: ['http://localhost/cb'] }, 'taken'],
  ])('of %j: %s', async (body, expected) => {
    const answer = await readInput(ClientInput, body, registrationRules()).then(
      () => 'taken',
      (error: unknown) => error instanceof OAuthError && error.faults[0]?.pointer,
    );
    expect(answer).toBe(expected);
  });
});

describe('URLs that others load', () => {
  const PRIVATE = [
    'https://localhost/x',
    'https://app.localhost./x',
    'https://127.1/x',
    'https://0x7f000001:8443/x',
    'https://10.0.0.1/x',
    'https://192.168.1.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://0.0.0.0/x',
    'https://[::1]/x',
    'https://[fd00::1]/x',
    'https://[::ffff:10.0.0.1]/x',
  ];
  const PUBLIC = ['https://app.example.com/x', 'https://93.184.215.14/x', 'https://[2606:4700::1111]/x'];
  const MEMBERS: Record<string, (url: string) => unknown> = {
    ...Object.fromEntries(
      [
        'logo_uri',
        'logo_uri#de',
        'jwks_uri',
        'initiate_login_uri',
        'frontchannel_logout_uri',
        'backchannel_logout_uri',
        'backchannel_client_notification_endpoint',
      ].map((name) => [name, (url: string) => url]),
    ),
    request_uris: (url) => ['https://app.example.com/request', url],
  };
  const faults = (body: object, before?: ClientMetadata) =>
    readInput(ClientInput, body, registrationRules(before)).then(
      () => [],
      (error: unknown) => (error instanceof OAuthError ? error.faults.map(({ pointer }) => pointer) : error),
    );

  it.each(Object.entries(MEMBERS))(
    '%s does not point into a private network, unless it did before',
    async (name, of) => {
      const pointer = name === 'request_uris' ? '/request_uris/1' : `/${name}`;
      for (const url of PUBLIC) expect([url, await faults({ [name]: of(url) })]).toEqual([url, []]);
      for (const url of PRIVATE) {
        expect([url, await faults({ [name]: of(url), client_name: 5 })]).toEqual([url, ['/client_name', pointer]]);
        const before = stored({ [name]: of(url) });
        expect([url, await faults({ [name]: of(url), client_name: 'Renamed' }, before)]).toEqual([url, []]);
        expect(await faults({ [name]: of('https://10.9.9.9/') }, before)).toEqual([pointer]);
      }
    },
  );

  it('are only judged by what they are: a text that is no URL is the fault of its member', async () => {
    expect(await faults({ logo_uri: 5, request_uris: [5] })).toEqual(['/logo_uri', '/request_uris/0']);
  });
});
