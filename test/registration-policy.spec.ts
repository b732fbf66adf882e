import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { CLOSED_MEMBERS } from '../src/registration/policy/policy-members.js';
import { RegistrationPolicies } from '../src/registration/policy/registration-policies.js';
import { registeredMembers } from '../src/clients/metadata/standard/registered-members.js';
import { accepted, judged, stored } from './support/policies.js';

/** A value of each member for administrators, other than its default. */
const FOR_ADMINISTRATORS: Record<string, unknown> = {
  owner: 'team-a',
  audience: ['https://api.example.com'],
  allowed_cors_origins: ['https://app.example.com'],
  metadata: { vip: true },
  skip_consent: true,
  skip_logout_consent: true,
  access_token_strategy: 'jwt',
  client_secret_expires_at: 4_102_444_800,
};
const valueFor = (name: string): unknown => (name.endsWith('_lifespan') ? '87600h' : FOR_ADMINISTRATORS[name]);
const CALLBACK = { redirect_uris: ['https://app.example.com/cb'] };

describe('the default policy', () => {
  it('lets a client set what the standards have', async () => {
    const body = {
      ...CALLBACK,
      client_name: 'Shop',
      'client_name#de': 'Laden',
      scope: 'orders',
      contacts: ['ops@example.com'],
    };
    expect(await accepted({}, body)).toMatchObject(body);
  });

  it.each(CLOSED_MEMBERS)('refuses %s, in a new client and in a change, and lets it stay', async (name) => {
    const own = { [name]: valueFor(name) };
    expect(await judged({}, own)).toEqual([
      `${name} must be left out, or stay as it is: only an administrator sets it.`,
    ]);
    const plain = await stored(CALLBACK);
    expect(await judged({}, own, plain)).toEqual([
      `${name} must be left out, or stay as it is: only an administrator sets it.`,
    ]);
    const before = await stored({ ...CALLBACK, ...own });
    expect(await accepted({}, { ...CALLBACK, client_name: 'Shop' }, before)).toEqual({
      ...before,
      client_name: 'Shop',
    });
    expect(await accepted({}, { ...CALLBACK, ...own }, before)).toMatchObject({ [name]: before[name as 'owner'] });
  });

  it('names every refused member', async () => {
    const faults = await judged({}, Object.fromEntries(CLOSED_MEMBERS.map((name) => [name, valueFor(name)])));
    expect(faults).toHaveLength(CLOSED_MEMBERS.length);
  });

  it('takes a member for administrators that says what is so anyway, as tools send it', async () => {
    const body = { owner: '', audience: [], metadata: {}, skip_consent: false, client_secret_expires_at: 0 };
    expect(await accepted({}, { ...body, refresh_token_grant_access_token_lifespan: null })).toMatchObject(body);
  });

  it('takes back what it showed', async () => {
    const before = await stored({ ...FOR_ADMINISTRATORS, ...CALLBACK, grant_types: ['authorization_code', 'urn:own'] });
    const shown = JSON.parse(JSON.stringify(Object.fromEntries(registeredMembers(before)))) as object;
    const after = await accepted({}, shown, before);
    expect(registeredMembers(after)).toEqual(registeredMembers({ ...before, metadata: after.metadata }));
  });
});

describe('what a client may choose', () => {
  const allow = {
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: ['none', 'client_secret_basic'],
    scope: ['openid', 'offline_access', 'offline', 'orders:*'],
    software_id: ['shop'],
    require_pushed_authorization_requests: [false, true],
    redirect_uris: ['https://app.example.com', 'https://*.example.org', 'http://localhost', 'com.example.app:'],
    client_uri: ['https://app.example.com/*'],
  };

  it.each<[body: object, faults: string[]]>([
    [{ grant_types: ['refresh_token', 'authorization_code'] }, []],
    [
      { grant_types: ['authorization_code', 'client_credentials'] },
      ['grant_types[1] must be one of authorization_code, refresh_token.'],
    ],
    [
      { response_types: ['token'] },
      ['grant_types must not have implicit: each must be one of authorization_code, refresh_token.'],
    ],
    [{ token_endpoint_auth_method: 'none' }, []],
    [
      { token_endpoint_auth_method: 'private_key_jwt' },
      ['token_endpoint_auth_method must be one of none, client_secret_basic.'],
    ],
    [{ scope: 'orders:read  orders:' }, []],
    [
      { scope: 'openid admin' },
      ['scope must not have admin: each scope must be one of openid, offline_access, offline, orders:*.'],
    ],
    [{ software_id: 'shop' }, []],
    [{ software_id: 'shop2' }, ['software_id must be one of shop.']],
    [{ client_uri: 'https://app.example.com/', 'client_uri#de': 'https://app.example.com/de' }, []],
    [{ 'client_uri#de': 'https://evil.example' }, ['client_uri#de must be one of https://app.example.com/*.']],
    [
      {
        redirect_uris: [
          'https://APP.example.com:8443/cb',
          'http://localhost:3000/',
          'com.example.app:/cb',
          'https://a.b.example.org',
        ],
      },
      [],
    ],
  ])('%j: %j', async (body, faults) => {
    const client = await judged({ allow }, body);
    expect(Array.isArray(client) ? client : []).toEqual(faults);
  });

  it.each([
    'http://app.example.com/cb',
    'https://app.example.com.evil.example/cb',
    'https://evil.example/https://app.example.com',
    'https://example.org/cb',
    'https://evilexample.org/cb',
    'https://app.example.com./cb',
    'https://127.0.0.1/cb',
    'com.example.apple:/cb',
    'com.example:/cb',
    'https://[::1]/cb',
  ])('a redirect URI elsewhere is refused: %s', async (uri) => {
    const refusal = `redirect_uris[1] must be one of ${allow.redirect_uris.join(', ')}.`;
    expect(await judged({ allow }, { redirect_uris: ['http://localhost/', uri] })).toEqual([refusal]);
  });

  it('holds for a port where the policy names one', async () => {
    const rules = { allow: { redirect_uris: ['https://app.example.com:443', 'http://[::1]:8080'] } };
    expect(await judged(rules, { redirect_uris: ['https://app.example.com/', 'http://[::1]:8080/cb'] })).toMatchObject(
      {},
    );
    expect(await judged(rules, { redirect_uris: ['https://app.example.com:444/', 'http://[::1]/'] })).toHaveLength(2);
  });

  it('is judged in two steps as in one: a refused value does not come later', async () => {
    const before = await accepted({ allow }, { ...CALLBACK, scope: 'openid' });
    const faults = await judged(
      { allow },
      { redirect_uris: [...CALLBACK.redirect_uris, 'https://evil.example/'], scope: 'openid admin' },
      before,
    );
    expect(faults).toEqual([
      `redirect_uris[1] must be one of ${allow.redirect_uris.join(', ')}.`,
      'scope must not have admin: each scope must be one of openid, offline_access, offline, orders:*.',
    ]);
  });

  it('does not touch what an administrator added, until the client drops it: then it is gone for good', async () => {
    const grants = ['authorization_code', 'client_credentials'];
    const before = await stored({
      ...CALLBACK,
      grant_types: grants,
      scope: 'admin openid',
      token_endpoint_auth_method: 'client_secret_post',
    });
    const kept = { ...CALLBACK, grant_types: grants, scope: 'admin', token_endpoint_auth_method: 'client_secret_post' };
    expect(await accepted({ allow }, kept, before)).toMatchObject(kept);
    const without = { ...CALLBACK, grant_types: ['authorization_code'], scope: 'openid' };
    const after = await accepted({ allow }, without, before);
    expect(after).toMatchObject({ ...without, token_endpoint_auth_method: 'client_secret_basic' });
    expect(await judged({ allow }, kept, after)).toHaveLength(3);
  });
});

describe('a value that the policy gives', () => {
  it('stands in a new client, whatever it says, and stays as an administrator has set it', async () => {
    const rules = { force: { owner: 'self-service', token_endpoint_auth_method: 'none', metadata: { via: 'door' } } };
    const client = await accepted(rules, { token_endpoint_auth_method: 'none' });
    expect(JSON.parse(JSON.stringify(client))).toMatchObject(rules.force);
    expect(await judged(rules, { token_endpoint_auth_method: 'client_secret_basic' })).toEqual([
      'token_endpoint_auth_method must be left out, or stay as it is: only an administrator sets it.',
    ]);
    const before = { ...client, owner: 'team-a' };
    expect(await accepted(rules, CALLBACK, before)).toMatchObject({
      owner: 'team-a',
      token_endpoint_auth_method: 'none',
    });
    expect(await judged(rules, { owner: 'self-service' }, before)).toEqual([
      'owner must be left out, or stay as it is: only an administrator sets it.',
    ]);
  });

  it('is for those who say nothing when it is a default', async () => {
    const rules = { defaults: { scope: 'openid', grant_types: ['client_credentials'] } };
    expect(await accepted(rules, {})).toMatchObject({
      scope: 'openid',
      grant_types: ['client_credentials'],
      response_types: [],
    });
    expect(await accepted(rules, { scope: 'a', response_types: ['code'] })).toMatchObject({
      scope: 'a',
      grant_types: ['authorization_code'],
    });
    const before = await accepted(rules, { scope: 'a' });
    expect(await accepted(rules, { scope: null }, before)).toMatchObject({ scope: 'openid' });
  });

  it('may be asked of the client: it must set it, and cannot drop it', async () => {
    const rules = { must: ['contacts', 'client_name'] };
    expect(await judged(rules, { contacts: [], client_name: null })).toEqual([
      'contacts must be set.',
      'client_name must be set.',
    ]);
    const body = { contacts: ['a@b'], client_name: 'Shop' };
    const before = await accepted(rules, body);
    expect(await judged(rules, { contacts: ['a@b'] }, before)).toEqual(['client_name must be set.']);
    expect(await accepted(rules, { scope: 'a' }, await stored({}))).toMatchObject({ scope: 'a' });
  });
});

describe('a refused value that is replaced', () => {
  it('is left out of a list and of scope, cut, or set back', async () => {
    const rules = {
      open: ['lifespans'],
      maxLifespans: '24h',
      allow: {
        grant_types: ['authorization_code', 'refresh_token'],
        scope: ['openid'],
        token_endpoint_auth_method: ['none'],
      },
      defaults: { scope: 'openid', token_endpoint_auth_method: 'none' },
      replace: 'all',
    };
    const wants = {
      ...CALLBACK,
      owner: 'me',
      grant_types: ['implicit', 'authorization_code', 'urn:own'],
      scope: 'admin openid',
      token_endpoint_auth_method: 'client_secret_basic',
      refresh_token_grant_refresh_token_lifespan: '100h',
      implicit_grant_id_token_lifespan: '1h',
    };
    const gets = {
      ...CALLBACK,
      owner: '',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'openid',
      token_endpoint_auth_method: 'none',
      refresh_token_grant_refresh_token_lifespan: '24h',
      implicit_grant_id_token_lifespan: '1h',
    };
    expect(await accepted(rules, wants)).toMatchObject(gets);
    const before = await stored({ ...gets, owner: 'team-a', token_endpoint_auth_method: 'client_secret_post' });
    expect(await accepted(rules, wants, before)).toMatchObject({
      ...gets,
      owner: 'team-a',
      token_endpoint_auth_method: 'client_secret_post',
    });
    expect(await judged(rules, { grant_types: ['password'], scope: 'admin' })).toEqual([
      'grant_types[0] must be one of authorization_code, refresh_token.',
      'scope must not have admin: each scope must be one of openid.',
    ]);
  });

  it('is none of the redirect URIs', async () => {
    const rules = { allow: { redirect_uris: ['https://app.example.com'] }, replace: 'all' };
    expect(await judged(rules, { redirect_uris: ['https://app.example.com/', 'https://b.example/'] })).toHaveLength(1);
  });
});

describe('a lifespan', () => {
  const rules = { open: ['lifespans'], maxLifespans: { refresh_token_grant_refresh_token_lifespan: '720h' } };

  it.each([
    ['720h', []],
    ['719h60m', []],
    ['720h1ns', ['refresh_token_grant_refresh_token_lifespan must not be longer than 720h.']],
    ['99999999999999999999h', ['refresh_token_grant_refresh_token_lifespan must not be longer than 720h.']],
  ])('of %s has a ceiling: %j', async (lifespan, faults) => {
    const client = await judged(rules, { refresh_token_grant_refresh_token_lifespan: lifespan });
    expect(Array.isArray(client) ? client : []).toEqual(faults);
  });

  it('that an administrator has set may be longer', async () => {
    const body = { refresh_token_grant_refresh_token_lifespan: '9000h' };
    expect(await accepted(rules, body, await stored(body))).toMatchObject(body);
  });
});

describe('members that a policy closes', () => {
  it('are closed in every language', async () => {
    const rules = { close: ['client_name'] };
    expect(await judged(rules, { 'client_name#de': 'Bank' })).toEqual([
      'client_name#de must be left out, or stay as it is: only an administrator sets it.',
    ]);
    const before = await stored({ 'client_name#de': 'Laden' });
    expect(await accepted(rules, {}, before)).toMatchObject({ 'client_name#de': 'Laden' });
    expect(await judged(rules, { 'client_name#de': 'Bank', 'client_name#fr': 'Banque' }, before)).toHaveLength(2);
  });
});

describe('a policy of the application', () => {
  it('judges by itself', () => {
    const policies = RegistrationPolicies.read({
      default: { judge: ({ result }: { result: object }) => ({ ...result, owner: 'app' }) },
    });
    const policy = policies.named('gone');
    expect(policy).toMatchObject({ name: 'default', givesRegistrationToken: true, statementIssuers: [] });
    expect(policy.judge({ sent: new Set(), result: {} as never })).toEqual({ owner: 'app' });
  });
});
