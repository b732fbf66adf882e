import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { jsonOfYaml } from '../src/json/yaml.js';
import { PolicyError, RegistrationPolicies } from '../src/registration/policy/registration-policies.js';
import { PolicyRules } from '../src/registration/policy/policy-rules.js';

const KEYS = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA' }] };

/** What is said against a policy named `p`. */
function said(rules: unknown): string {
  try {
    RegistrationPolicies.read({ p: rules });
    return '';
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.message;
  }
}

it.each<[rules: unknown, sentence: string]>([
  [{}, ''],
  [new PolicyRules(), ''],
  [[], 'p must be an object'],
  [7, 'p must be an object'],
  [{ opn: [] }, 'p.opn is unknown: use open'],
  [{ whatever: [] }, 'p.whatever is unknown: leave it out'],
  [{ open: 'owner' }, 'p.open must be a list of members of a client'],
  [{ open: ['owners'] }, 'p.open[0] must be a member of a client: use owner'],
  [{ open: ['client_name'] }, 'p.open must not have client_name: clients may set it without that'],
  [{ open: ['owner'], close: ['owner'] }, 'p.open must not have owner: close has it'],
  [{ open: ['owner'], force: { owner: 'a' } }, 'p.open must not have owner: force has it'],
  [{ open: ['client_secret'] }, 'p.open[0] must be another member: the registry always chooses this one'],
  [{ must: ['owner'] }, 'p.must must not have owner: no client may set it'],
  [{ must: ['software_statement'] }, 'p.statementIssuers must be set: must has software_statement'],
  [{ force: [] }, 'p.force must be an object'],
  [{ force: { scope: 7 } }, 'p.force.scope must be a string'],
  [{ force: { redirect_uris: ['https://a.example', '/b'] } }, 'p.force.redirect_uris[1] must be an absolute URI'],
  [{ force: { scope: 'a' }, defaults: { scope: 'b' } }, 'p.defaults.scope must be left out: force has it'],
  [{ defaults: { scop: 'a' } }, 'p.defaults.scop must be a member of a client: use scope'],
  [{ allow: { scope: [] } }, 'p.allow.scope must be a list of values'],
  [{ allow: { scope: 'openid' } }, 'p.allow.scope must be a list of values'],
  [{ allow: { scope: ['offline_access offline openid'] } }, 'p.allow.scope[0] must be one scope'],
  [
    { allow: { scope: ['openid'] } },
    'p.allow.scope must have offline_access, which clients get that do not set scope: add it, or set defaults.scope',
  ],
  [{ allow: { scope: ['openid'] }, defaults: { scope: 'openid' } }, ''],
  [{ allow: { scope: ['openid'] }, must: ['scope'] }, ''],
  [{ allow: { scope: ['openid'] }, must: ['scope'], replace: ['scope'] }, 'p.allow.scope must have offline_access'],
  [
    { allow: { token_endpoint_auth_method: ['nonee'] } },
    'p.allow.token_endpoint_auth_method[0] must be one of client_secret_basic',
  ],
  [
    { allow: { token_endpoint_auth_method: ['none'] } },
    'p.allow.token_endpoint_auth_method must have client_secret_basic',
  ],
  [
    { allow: { application_type: ['native'] } },
    'p.allow.application_type must have web, which clients get that do not set',
  ],
  [{ allow: { grant_types: ['client_credentials'] } }, 'p.allow.grant_types must have authorization_code'],
  [
    { allow: { grant_types: ['authorization_code', 'urn:own'] } },
    'p.allow.grant_types[1] must be one of authorization_code',
  ],
  [{ allow: { owner: ['a'] } }, 'p.allow.owner must be left out: no client may set it'],
  [{ allow: { owner: ['a'] }, open: ['owner'] }, ''],
  [{ allow: { jwks: [{}] } }, 'p.allow.jwks must be left out: its values cannot be listed'],
  [{ allow: { implicit_grant_id_token_lifespan: ['1h'] } }, 'must be left out: maxLifespans is for lifespans'],
  [{ allow: { redirect_uris: ['app.example.com'] } }, 'p.allow.redirect_uris[0] must be a pattern such as'],
  [{ allow: { redirect_uris: ['https://app.example.com/cb'] } }, 'p.allow.redirect_uris[0] must be a pattern'],
  [{ allow: { redirect_uris: ['https://*.com.*'] } }, 'p.allow.redirect_uris[0] must be a pattern'],
  [{ allow: { redirect_uris: ['https://*.127.0.0.1'] } }, 'p.allow.redirect_uris[0] must be a pattern'],
  [{ allow: { redirect_uris: ['com.example://host'] } }, 'p.allow.redirect_uris[0] must be a pattern'],
  [{ replace: 'some' }, 'p.replace must be a list of members of a client'],
  [{ replace: ['redirect_uris'] }, 'p.replace must not have redirect_uris: a client needs those that it asked for'],
  [{ maxLifespans: '1h' }, 'p.maxLifespans must be left out while no lifespan is open'],
  [{ maxLifespans: 'long', open: ['lifespans'] }, 'p.maxLifespans must be a sequence of numbers with units'],
  [{ maxLifespans: { scope: '1h' }, open: ['lifespans'] }, 'p.maxLifespans.scope must be the name of a lifespan'],
  [
    { maxLifespans: { implicit_grant_id_token_lifespan: '1h' } },
    'p.maxLifespans.implicit_grant_id_token_lifespan must be left out',
  ],
  [{ maxClients: 0 }, 'p.maxClients must be a whole number from 1'],
  [{ removeUnusedAfter: '24h' }, ''],
  [{ removeUnusedAfter: '23h59m' }, 'p.removeUnusedAfter must be a time of at least 24h'],
  [{ removeUnusedAfter: 'a month' }, 'p.removeUnusedAfter must be a time of at least 24h'],
  [{ removeUnusedAfter: 720 }, 'p.removeUnusedAfter must be a time of at least 24h'],
  [{ judge: () => ({}), removeUnusedAfter: 86_400_000 }, ''],
  [{ judge: () => ({}), removeUnusedAfter: 86_399_999 }, 'p.removeUnusedAfter must be a time of at least 24h'],
  [{ judge: () => ({}), removeUnusedAfter: '720h' }, 'p.removeUnusedAfter must be a time of at least 24h'],
  [{ maxClients: 9, makeRoomAfter: '1h' }, ''],
  [{ maxClients: 9, makeRoomAfter: '59m' }, 'p.makeRoomAfter must be a time of at least 1h'],
  [{ makeRoomAfter: '24h' }, 'p.makeRoomAfter must be left out: without maxClients there is always room'],
  [{ maxClients: '9' }, 'p.maxClients must be a whole number from 1'],
  [{ registrationToken: 'no' }, 'p.registrationToken must be true or false'],
  [{ statementIssuers: {} }, 'p.statementIssuers must be a list of issuers'],
  [{ statementIssuers: [{ issuer: 'a' }] }, 'p.statementIssuers[0] must have one of jwks and jwksUri'],
  [
    { statementIssuers: [{ issuer: 'a', jwks: KEYS, jwksUri: 'https://a.example' }] },
    'must have one of jwks and jwksUri',
  ],
  [{ statementIssuers: [{ jwks: KEYS }] }, 'p.statementIssuers[0].issuer must be the iss of its statements'],
  [
    { statementIssuers: [{ issuer: 'a', jwks: { keys: [] } }] },
    'p.statementIssuers[0].jwks must have at least one key',
  ],
  [
    { statementIssuers: [{ issuer: 'a', jwks: { keys: [{ kty: 'oct', k: 'AA' }] } }] },
    'jwks.keys[0] must not be a symmetric key',
  ],
  [
    { statementIssuers: [{ issuer: 'a', jwksUri: 'http://a.example' }] },
    'p.statementIssuers[0].jwksUri must be an absolute https URL',
  ],
  [{ statementIssuers: [{ issuer: 'a', jwks: KEYS, aud: 'b' }] }, 'p.statementIssuers[0].aud is unknown: leave it out'],
  [
    { statementIssuers: [{ issuer: 'a', jwks: KEYS, audience: 'b' }] },
    'p.statementIssuers[0].audience must be a list of texts',
  ],
  [
    {
      statementIssuers: [
        { issuer: 'a', jwks: KEYS },
        { issuer: 'a', jwks: KEYS },
      ],
    },
    'p.statementIssuers must not have a twice',
  ],
])('%j: %s', (rules, sentence) => {
  const text = said(rules);
  if (sentence === '') expect(text).toBe('');
  else expect(text).toContain(sentence);
});

it('says everything that is wrong at once', () => {
  const read = () => RegistrationPolicies.read({ default: { must: ['owner'] }, 'a b': { maxClients: -1 } });
  expect(read).toThrow(
    'default.must must not have owner: no client may set it; a b must have a name of 1 to 64 letters, digits, _, . or -; a b.maxClients must be a whole number from 1',
  );
  expect(() => RegistrationPolicies.read([])).toThrow('they must be an object');
});

it('has a default, which is that of clients whose policy is gone', () => {
  const policies = RegistrationPolicies.read({ partners: { maxClients: 9, registrationToken: false } });
  expect(policies.all.map(({ name }) => name)).toEqual(['default', 'partners']);
  expect([policies.has('partners'), policies.has('gone'), policies.has('__proto__')]).toEqual([true, false, false]);
  expect(policies.named('partners')).toMatchObject({ maxClients: 9, givesRegistrationToken: false });
  expect(policies.named('gone').name).toBe('default');
  expect(policies.named().name).toBe('default');
});

it('is described with all its rules in docs/registration-policies.md, whose example can be used', () => {
  const page = readFileSync(new URL('../docs/registration-policies.md', import.meta.url), 'utf8');
  const [, rules = ''] = page.split('### Rules');
  const [table = ''] = rules.split('### ');
  expect(Array.from(table.matchAll(/^\| `(\w+)`/gm), ([, name]) => name)).toEqual(Object.keys(new PolicyRules()));
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const read = jsonOfYaml(example);
  const policies = RegistrationPolicies.read(JSON.parse('json' in read ? read.json : ''));
  expect(policies.all.map(({ name }) => name)).toEqual(['default', 'partners']);
});
