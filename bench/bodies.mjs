import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

const MIB = 1024 * 1024;
/** Most values that a body may have. */
const VALUES = 50_000;
const MERGE = 'application/merge-patch+json';

const object = (text) => `{${text}}`;
const member = (name, text) => object(`"${name}":${text}`);
const list = (count, entry) => `[${Array.from({ length: count }, (_, at) => entry(at)).join(',')}]`;
const members = (count, entry) => object(Array.from({ length: count }, (_, at) => entry(at)).join(','));
/** JSON that repeats a part until the body is full. */
const filled = (begin, part, end, size = MIB) =>
  begin + part.repeat(Math.floor((size - begin.length - end.length) / Buffer.byteLength(part))) + end;
const uri = (at, length) => `"https://a.example/${at}/${'p'.repeat(length)}"`;
const LISTS = ['redirect_uris', 'post_logout_redirect_uris', 'request_uris', 'allowed_cors_origins', 'contacts'];
const KEY =
  '{"kty":"EC","crv":"P-521","x":"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt","y":"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1"}';

/** Bodies of creates that were chosen to be slow; most are refused. */
const CREATES = {
  'numbers without end': filled('{"x":[1', ',1', ']}'),
  'empty lists without end': filled('{"metadata":[[]', ',[]', ']}'),
  'as many numbers as allowed': member(
    'x',
    list(VALUES - 2, (at) => at),
  ),
  'as many objects as allowed': member(
    'metadata',
    list(Math.floor(VALUES / 3) - 2, () => '{"a":1}'),
  ),
  'as many members as allowed': members(1000, (at) => `"member_${at}":[${'1,'.repeat(47)}1]`),
  'duplicate members': members(1000, (at) => `"metadata":${at}`),
  'a list that is too long': member(
    'contacts',
    list(VALUES - 2, (at) => `"${at}@example.com"`),
  ),
  'seven lists of origins that are too long': members(
    7,
    (at) => `"${LISTS[at] ?? `l${at}`}":${list(5800, (n) => `"https://${n}.example/"`)}`,
  ),
  'full lists of valid URIs': members(
    4,
    (at) => `"${LISTS[at]}":${list(1000, (n) => (at === 3 ? `"https://${n}.example"` : uri(n, 220)))}`,
  ),
  'full lists of wrong URIs': members(5, (at) => `"${LISTS[at]}":${list(1000, (n) => `"x ${n} ${'y'.repeat(180)}"`)}`),
  'hosts beyond ASCII': member(
    'redirect_uris',
    list(500, (at) => `"https://${'ü'.repeat(60)}.${'ä丏語'.repeat(130)}${at}/"`),
  ),
  'one long host beyond ASCII': member(
    'redirect_uris',
    list(180, (at) => `"https://${String.fromCodePoint(...Array.from({ length: 1900 }, (_, n) => 0x4e00 + n))}${at}/"`),
  ),
  'a long name of a member': object(filled('"', 'n', '":1', MIB - 2)),
  'long names of members': members(4000, (at) => `"${'n'.repeat(240)}${at}":1`),
  'escapes in a text': filled('{"metadata":"', String.raw`\n`, '"}'),
  'Unicode escapes in a text': filled('{"metadata":"', String.raw`\u0041`, '"}'),
  'many texts with escapes': member(
    'x',
    list(VALUES - 2, () => String.raw`"\u0041\n"`),
  ),
  'quotes in a text': filled('{"client_name":"', String.raw`\"`, '"}'),
  'backslashes in a text': filled('{"metadata":"', String.raw`\\`, '"}'),
  'a long text': filled('{"metadata":"', 'ü', '"}'),
  'white space': filled('{"metadata":', ' ', '1}'),
  'white space between values': member(
    'metadata',
    list(VALUES - 2, (at) => `  ${at}\n  `),
  ),
  'as deep as allowed': member(
    'metadata',
    filled('', '['.repeat(490) + ']'.repeat(490) + ',', '1').replace(/^/, '[') + ']',
  ),
  'brackets only': '['.repeat(MIB),
  'names and brackets only': filled('', '{"a":', ''),
  'not JSON at its end': member('x', `${list(VALUES - 3, (at) => `"${at}"`)}${' '.repeat(1000)}!`),
  'a text without an end': filled('{"metadata":"', 'x', ''),
  'a text with escapes without an end': filled('{"metadata":"', String.raw`\u0041`, ''),
  'a long number': filled('{"metadata":', '1', '}'),
  'a long lifespan': filled('{"implicit_grant_id_token_lifespan":"', '1.1h', '"}'),
  'full lifespans': members(
    13,
    (at) =>
      `"${['authorization_code_grant_access_token', 'authorization_code_grant_id_token', 'authorization_code_grant_refresh_token', 'client_credentials_grant_access_token', 'implicit_grant_access_token', 'implicit_grant_id_token', 'jwt_bearer_grant_access_token', 'refresh_token_grant_id_token', 'refresh_token_grant_access_token', 'refresh_token_grant_refresh_token', 'device_authorization_grant_id_token', 'device_authorization_grant_access_token', 'device_authorization_grant_refresh_token'][at]}_lifespan":"${'1h'.repeat(255)}0.${'1'.repeat(510)}h"`,
  ),
  'keys of 64 KiB': member(
    'jwks',
    member(
      'keys',
      list(260, () => KEY),
    ),
  ),
  'keys that are empty': member(
    'jwks',
    member(
      'keys',
      list(20_000, () => '{}'),
    ),
  ),
  'keys with many members': member('jwks', member('keys', `[${members(VALUES / 2 - 4, (at) => `"m${at}":1`)}]`)),
  'metadata of 64 KiB': member(
    'metadata',
    list(32_000, () => '1'),
  ),
};

const add = (path, text) => `{"op":"add","path":"${path}","value":${text}}`;
const operations = (count, entry) => list(count, entry);
const LARGE = `[${Array.from({ length: 20_000 }, (_, at) => at % 10).join(',')}]`;

/** Patches of a client that has full lists and metadata. */
const PATCHES = {
  'a patch of numbers without end': [filled('[1', ',1', ']')],
  'as many values as allowed': [
    `[${add(
      '/metadata',
      list(VALUES - 10, (at) => at),
    )}]`,
  ],
  'many long numbers': [
    `[${add(
      '/metadata',
      list(30_000, (at) => `${at}.00000000000000000001e1`),
    )}]`,
  ],
  'one long text': [filled('[{"op":"add","path":"/metadata","value":"', 'x', '"}]')],
  'a pointer of many tokens': [`[${add('/a'.repeat(MIB / 2 - 50), '1')}]`],
  'pointers of many tokens': [operations(1000, () => add('/metadata' + '/a'.repeat(480), '1'))],
  'escapes in a pointer': [`[${add(`/${'~1'.repeat(MIB / 2 - 50)}`, '1')}]`],
  'insertions at the beginning of a long list': [
    `[${add('/metadata', LARGE)},${operations(999, () => add('/metadata/0', '1')).slice(1)}`,
  ],
  'copies of a long list': [
    `[${add('/metadata', `{"a":${LARGE}}`)},${operations(999, (at) => `{"op":"copy","from":"/metadata/a","path":"/metadata/b${at}"}`).slice(1)}`,
  ],
  'copies of the whole document': [operations(1000, () => '{"op":"copy","from":"","path":"/metadata"}')],
  'moves of a long list': [
    `[${add('/metadata', `{"a":${LARGE}}`)},${operations(999, (at) => `{"op":"move","from":"/metadata/${at % 2 ? 'b' : 'a'}","path":"/metadata/${at % 2 ? 'a' : 'b'}"}`).slice(1)}`,
  ],
  'tests of a long list': [
    `[${add('/metadata', LARGE)},${operations(20, () => `{"op":"test","path":"/metadata","value":${LARGE.slice(0, 4000)}]}`).slice(1)}`,
  ],
  'tests of the whole document': [operations(1000, () => '{"op":"test","path":"","value":{}}')],
  'unknown members': [operations(1000, (at) => add(`/member_${at}`, `"${'x'.repeat(900)}"`))],
  'a merge patch of many members': [
    members(1, () => `"metadata":${members(VALUES / 2 - 3, (at) => `"member_${at}":${at}`)}`),
    MERGE,
  ],
  'a merge patch of many nulls': [
    members(1, () => `"metadata":${members(VALUES / 2 - 3, (at) => `"member_${at}":null`)}`),
    MERGE,
  ],
  'a merge patch of numbers without end': [filled('{"metadata":[1', ',1', ']}'), MERGE],
  'a merge patch of many objects': [
    member(
      'metadata',
      members(VALUES / 4 - 2, (at) => `"a${at}":{"b":null}`),
    ),
    MERGE,
  ],
  'a merge patch of full lists': [
    members(4, (at) => `"${LISTS[at]}":${list(1000, (n) => (at === 3 ? `"https://b${n}.example"` : uri(n, 210)))}`),
    MERGE,
  ],
};

/** The longest time in milliseconds for which `work` keeps the event loop from turning. */
async function longestHold(work) {
  let longest = 0;
  let last = performance.now();
  const state = { isDone: false };
  const ended = work().finally(() => (state.isDone = true));
  while (!state.isDone) {
    await turn();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  await ended;
  return longest;
}

/** What becomes of a request, and how its error would be sent. */
async function outcome(answer) {
  try {
    await answer;
    return 'accepted';
  } catch (error) {
    return JSON.stringify(error.getResponse());
  }
}

/**
 * Measures how long single bodies of at most 1 MiB hold the event loop: of several rounds the shortest, because everything else on
 * the machine only adds to it.
 */
export async function bodies({ rounds }) {
  const { openTestRegistry } = await import('../dist/testing/test-registry.js');
  const { clients, close } = await openTestRegistry();
  const { id } = await clients.create(Buffer.from(CREATES['full lists of valid URIs']));
  const cases = [
    ...Object.entries(CREATES).map(([name, body]) => [name, (bytes) => clients.create(bytes), body]),
    ...Object.entries(PATCHES).map(([name, [body, type]]) => [name, (bytes) => clients.patch(id, bytes, type), body]),
  ];
  const holds = {};
  for (const [name, send, body] of cases) {
    const bytes = Buffer.from(body);
    if (bytes.length > MIB) throw new Error(`${name}: a body of ${bytes.length} bytes is not let in.`);
    let said = '';
    let least = Infinity;
    for (let round = 0; round < rounds; round += 1)
      least = Math.min(least, await longestHold(async () => (said = await outcome(send(bytes)))));
    holds[name] = least;
    console.log(`  ${name.padEnd(44)} ${least.toFixed(1).padStart(7)} ms  ${said.slice(0, 100)}`);
  }
  await close();
  console.log(`The longest of all: ${Math.max(...Object.values(holds)).toFixed(1)} ms`);
  return holds;
}
