import { expect, it } from '@jest/globals';
import { keysOf } from '../src/access/mtls/certificate-names.js';
import { readPrincipals } from '../src/access/mtls/certified-principals.js';

const ENTRY = { dns: 'ci.example.org', scopes: ['clients:read'] };
const read = (entries: unknown) => Object.fromEntries(readPrincipals(JSON.stringify(entries)));

it('an entry names a certificate, and says who has it', () => {
  expect(read([{ ...ENTRY, owner: 'team-a' }])).toEqual({
    'dns:ci.example.org': {
      type: 'mtls',
      id: 'dns:ci.example.org',
      name: 'dns:ci.example.org',
      scopes: ['clients:read'],
      owner: 'team-a',
    },
  });
});

it('one entry without an owner needs owners:all when another has one', () => {
  const owned = { uri: 'spiffe://a', scopes: [], owner: 'team-a' };
  expect(() => read([owned, ENTRY])).toThrow('[1] must have an owner, since others have one, or the scope owners:all');
  expect(Object.keys(read([owned, { ...ENTRY, scopes: ['owners:all'] }]))).toHaveLength(2);
  expect(Object.keys(read([ENTRY]))).toHaveLength(1);
});

it.each<[entries: unknown, sentence: string]>([
  [{}, 'must name a file with a JSON array of objects'],
  [[], 'must name a file with a JSON array of objects'],
  [[7], '[0] must be an object'],
  [[null], '[0] must be an object'],
  [[{ scopes: [] }], '[0] must have one of subject, dns, uri, email'],
  [[{ ...ENTRY, email: 'a@b' }], '[0] must have one of subject, dns, uri, email'],
  [[{ ...ENTRY, dns: 7 }], '[0] must have a text as dns'],
  [[{ ...ENTRY, dns: '' }], '[0] must have a text as dns'],
  [[{ subject: 'deployer', scopes: [] }], '[0] must have a subject such as CN=deployer,O=Example'],
  [[{ subject: 'CN=a,', scopes: [] }], '[0] must have a subject such as'],
  [[{ subject: 'CN="a"', scopes: [] }], '[0] must have a subject such as'],
  [[{ subject: 'CN=#0401', scopes: [] }], '[0] must have a subject such as'],
  [[{ subject: 'CN=a\\', scopes: [] }], '[0] must have a subject such as'],
  [[{ dns: 'a' }], '[0] must have a list of scopes, of clients:read, '],
  [[{ ...ENTRY, scopes: 'clients:read' }], '[0] must have a list of scopes'],
  [[ENTRY, { dns: 'b', scopes: ['clients:*'] }], '[1] must have a list of scopes'],
  [[{ ...ENTRY, owner: '' }], '[0] must have a text as owner'],
  [[{ ...ENTRY, owner: null }], '[0] must have a text as owner'],
  [[{ ...ENTRY, name: '' }], '[0] must have a text as name'],
  [[{ ...ENTRY, Owner: 'team-a' }], '[0] has an unknown member: Owner'],
  [[ENTRY, { ...ENTRY, dns: 'CI.example.org' }], '[1] names the same certificate as an entry before'],
  [
    [
      { subject: 'cn=a+OU=b, O=c', scopes: [] },
      { subject: 'OU=\\62+CN=\\a,O=c', scopes: [] },
    ],
    '[1] must have a subject such as',
  ],
  [
    [
      { subject: 'cn=a+OU=b, O=c\\,', scopes: [] },
      { subject: 'OU=\\62+CN=a,O=c\\2c', scopes: [] },
    ],
    '[1] names the same certificate as an entry before',
  ],
])('%j is refused: %s', (entries, sentence) => {
  expect(() => read(entries)).toThrow(sentence);
});

// As Node documents it: a name that could be taken for several is a JSON string.
it.each<[text: string, keys: string[]]>([
  ['DNS:CI.example.org, email:ann@example.org', ['dns:ci.example.org', 'email:ann@example.org']],
  ['URI:"spiffe://a\\u002cb", DNS:x', ['uri:spiffe://a,b', 'dns:x']],
  ['URI:"x, email:ann@example.org"', ['uri:x, email:ann@example.org']],
  ['URI:"x\\", email:ann@example.org, z"', ['uri:x", email:ann@example.org, z']],
  ['URI:"x\\\\", email:ann@example.org', ['uri:x\\', 'email:ann@example.org']],
  ['IP Address:192.0.2.1, DirName:CN=ann, othername:<unsupported>', []],
])('a certificate with the names %s is known by %j', (subjectAltName, keys) => {
  expect([...keysOf({ subject: '', subjectAltName })]).toEqual(keys);
});
