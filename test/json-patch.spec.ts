import { describe, expect, it } from '@jest/globals';
import { losslessBody } from '../src/json/json-body.js';
import { applyMergePatch, applyPatch } from '../src/json/json-patch.js';
import { readPointer } from '../src/json/json-pointer.js';
import { JsonTree } from '../src/json/json-tree.js';
import { equalJson } from '../src/json/lossless-json.js';
import { OAuthError } from '../src/oauth-error/oauth-error.js';
import { add, copy, move, remove, replace, test } from './support/json-patch.js';

const json = (value: unknown) => JSON.stringify(value);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

function patched(document: string, patch: object | string, tree = new JsonTree(document)): string {
  applyPatch(tree, losslessBody(typeof patch === 'string' ? patch : json([patch].flat())), (operation) => operation);
  return tree.text;
}

function merged(document: string, patch: string): string {
  const tree = new JsonTree(document);
  applyMergePatch(tree, losslessBody(patch));
  return tree.text;
}

/** What a call was refused with. Everything but an OAuthError, such as a stack overflow, passes through. */
function refusal(call: () => unknown): { status: number; error_description?: string; errors?: unknown } {
  try {
    call();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return { status: error.getStatus(), ...(error.getResponse() as object) };
  }
  throw new Error('It was not refused.');
}

describe('a JSON Patch', () => {
  it.each([
    ['A.1 adds a member', '{"foo":"bar"}', add('/baz', 'qux'), '{"foo":"bar","baz":"qux"}'],
    ['A.2 inserts an entry', '{"foo":["bar","baz"]}', add('/foo/1', 'qux'), '{"foo":["bar","qux","baz"]}'],
    ['A.3 takes a member away', '{"baz":"qux","foo":"bar"}', remove('/baz'), '{"foo":"bar"}'],
    ['A.4 takes an entry away', '{"foo":["bar","qux","baz"]}', remove('/foo/1'), '{"foo":["bar","baz"]}'],
    ['A.5 replaces', '{"baz":"qux","foo":"bar"}', replace('/baz', 'boo'), '{"baz":"boo","foo":"bar"}'],
    [
      'A.6 moves a member',
      '{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}',
      move('/foo/waldo', '/qux/thud'),
      '{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}',
    ],
    [
      'A.7 moves an entry',
      '{"foo":["all","grass","cows","eat"]}',
      move('/foo/1', '/foo/3'),
      '{"foo":["all","cows","eat","grass"]}',
    ],
    [
      'A.8 goes on after tests that hold',
      '{"baz":"qux","foo":["a",2,"c"]}',
      [test('/baz', 'qux'), test('/foo/1', 2), remove('/baz')],
      '{"foo":["a",2,"c"]}',
    ],
    ['A.10 adds an object', '{"foo":"bar"}', add('/child', { g: {} }), '{"foo":"bar","child":{"g":{}}}'],
    ['A.11 passes over more', '{"foo":1}', { ...add('/baz', 2), xyz: 123 }, '{"foo":1,"baz":2}'],
    ['A.14 unescapes ~01 to ~1', '{"/":9,"~1":10}', [test('/~01', 10), remove('/~1')], '{"~1":10}'],
    ['A.16 appends an array', '{"foo":["bar"]}', add('/foo/-', ['abc', 'def']), '{"foo":["bar",["abc","def"]]}'],
  ])('does what RFC 6902 shows: %s', (_, document, patch, result) => {
    expect(patched(document, patch)).toBe(result);
  });

  it.each([
    ['A.9 a test of another value', '{"baz":"qux"}', test('/baz', 'bar')],
    ['A.12 a member of nothing', '{"foo":"bar"}', add('/baz/bat', 'qux')],
    // Of two op members the later counts, so this is no add.
    ['A.13 a doubled op', '{"foo":"bar"}', '[{"op":"add","path":"/baz","value":"qux","op":"remove"}]'],
    ['A.15 a test of a number by a string', '{"/":9,"~1":10}', test('/~01', '10')],
    ['a move into itself', '{"a":{"b":{}}}', move('/a', '/a/b/c')],
    ['a move of all into itself', '{"a":{}}', move('', '/a/b')],
    ['a removal of all', '{"a":1}', remove('')],
    ['a removal of nothing', '{"a":1}', remove('/b')],
    ['a replacement of nothing', '{"a":1}', replace('/b', 1)],
    ['a member of a string', '{"a":"text"}', test('/a/length', 4)],
    ['a member of a number', '{"a":1}', test('/a/value', '1')],
  ])('refuses %s', (_, document, patch) => {
    const { status, error_description, errors } = refusal(() => patched(document, patch));
    expect(status).toBe(400);
    expect(error_description).toMatch(/^Operation 0 /);
    expect(errors).toEqual([{ pointer: '/0', detail: error_description }]);
  });

  it.each(['{"op":"remove","path":"/a"}', '"remove"', '5', 'true'])('is not %s: that is no array', (patch) => {
    expect(refusal(() => patched('{"a":1}', patch)).status).toBe(400);
  });

  it('is refused by number, name and path of the operation that failed', () => {
    expect(refusal(() => patched('{"a":1}', [add('/b', 1), test('/b', 2)])).error_description).toMatch(
      /^Operation 1 \(test \/b\) /,
    );
  });

  it('moves to a name that only begins like the old one, and to where the value is', () => {
    expect(patched('{"a":{"b":1}}', move('/a', '/ab'))).toBe('{"ab":{"b":1}}');
    expect(patched('{"a":[1,2]}', move('/a/0', '/a/0'))).toBe('{"a":[1,2]}');
  });

  it('copies, so that a change of the one leaves the other as it was', () => {
    expect(patched('{"a":[1]}', [copy('/a', '/b'), add('/b/-', 2)])).toBe('{"a":[1],"b":[1,2]}');
    expect(patched('{"a":[1]}', copy('', '/a/-'))).toBe('{"a":[1,{"a":[1]}]}');
  });

  it.each(['-1', '+1', '01', '00', '1.0', '1e0', ' 1', '', 'length', '２', '18446744073709551616', '3'])(
    'takes %j for no index, whatever the operation',
    (token) => {
      const at = `/a/${token}`;
      for (const one of [add(at, 1), remove(at), replace(at, 1), test(at, 1), copy(at, '/b'), move(at, '/b')])
        expect(refusal(() => patched('{"a":[0,1]}', one)).status).toBe(400);
    },
  );

  it('takes the end of an array for a place to add to and for nothing else', () => {
    expect(patched('{"a":[0]}', [add('/a/1', 1), add('/a/-', 2)])).toBe('{"a":[0,1,2]}');
    for (const end of ['/a/-', '/a/1'])
      for (const one of [remove(end), replace(end, 1), test(end, 1), copy(end, '/b'), move(end, '/b')])
        expect(refusal(() => patched('{"a":[0]}', one)).status).toBe(400);
  });
});

describe('a JSON Pointer', () => {
  const all = '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}';

  it.each([
    ['', all],
    ['/foo', '["bar","baz"]'],
    ['/foo/0', '"bar"'],
    ['/', '0'],
    ['/a~1b', '1'],
    ['/c%d', '2'],
    ['/e^f', '3'],
    ['/g|h', '4'],
    ['/i\\j', '5'],
    ['/k"l', '6'],
    ['/ ', '7'],
    ['/m~0n', '8'],
  ])('%j leads where RFC 6901 §5 says', (path, value) => {
    expect(patched(all, copy(path, '/copy'))).toBe(`${all.slice(0, -1)},"copy":${value}}`);
  });

  it('is read token by token, ~1 before ~0', () => {
    expect(['', '/', '//a//'].map(readPointer)).toEqual([[], [''], ['', 'a', '', '']]);
    expect(readPointer('/~01/~10/~0~1')).toEqual(['~1', '/0', '~/']);
  });

  it.each(['a', 'a/b', '#/a', '/~', '/a~', '/~2', '/~~0', ' /a'])('is not %j', (text) => {
    expect(readPointer(text)).toBeUndefined();
    expect(refusal(() => patched('{"a":1}', remove(text))).error_description).toContain('path');
  });
});

describe('a JSON Merge Patch', () => {
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('makes of %s by %s what RFC 7396 shows', (document, patch, result) => {
    expect(merged(document, patch)).toBe(result);
  });

  it.each(['null', '"bar"', '["c"]', '5', 'true'])('is not %s, which would leave no object', (patch) => {
    expect(refusal(() => merged('{"a":"foo"}', patch)).status).toBe(400);
  });
});

describe('the text of a patched document', () => {
  it('is to the letter what it was where no operation reaches', () => {
    const kept = '"a":{"x":1,"x":1.0,"\\u0061":"\\u00e9\\/","2":0,"1":0},"b":[1.10,-0,1E+2]';
    const document = `{${kept},"c":{"d":1}}`;
    expect(patched(document, [])).toBe(document);
    expect(patched(document, test('/c/d', 1))).toBe(document);
    expect(patched(document, replace('/c', 0))).toBe(`{${kept},"c":0}`);
    expect(patched(document, move('/c', '/d'))).toBe(`{${kept},"d":{"d":1}}`);
    expect(merged(document, '{"c":{"d":null}}')).toBe(`{${kept},"c":{}}`);
  });

  it('is to the letter what it was where an operation only looks', () => {
    const kept = '"a":{"x":1,"x":1.0,"\\u0061":"\\u00e9","2":0,"1":0}';
    const document = `{${kept},"c":2}`;
    expect(patched(document, test('/a', { x: 1, a: 'é', '1': 0, '2': 0 }))).toBe(document);
    expect(patched(document, [test('/a/2', 0), copy('/a/2', '/c')])).toBe(`{${kept},"c":0}`);
    expect(patched(document, test('', { a: { x: 1, a: 'é', '1': 0, '2': 0 }, c: 2 }))).toBe(document);
    expect(merged(document, '{"a":{"x":1.00,"none":null}}')).toBe(document);
  });

  it.each(['12345678901234567890', '1.0', '1e2', '-0.0', '1E400', '0.10000000000000000001'])(
    'has every digit of %s after every operation',
    (n) => {
      const document = `{"n":[${n}],"o":{"n":${n}}}`;
      const written = `{"op":"add","path":"/a","value":[${n}]},{"op":"replace","path":"/n","value":[${n},${n}]}`;
      const others = [move('/o/n', '/o/m'), copy('/o', '/p'), remove('/n/0')].map(json).join(',');
      expect(patched(document, `[${written},${others},{"op":"test","path":"/n","value":[${n}]}]`)).toBe(
        `{"n":[${n}],"o":{"m":${n}},"a":[${n}],"p":{"m":${n}}}`,
      );
      expect(merged(document, `{"o":{"p":${n}}}`)).toBe(`{"n":[${n}],"o":{"n":${n},"p":${n}}}`);
    },
  );

  it('has names of prototypes as members like others', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const document = `{"a":1,"${name}":{"x":1}}`;
      expect(patched(document, [add(`/${name}/y`, 2), remove(`/${name}/x`)])).toBe(`{"a":1,"${name}":{"y":2}}`);
      expect(patched('{"a":{}}', [add(`/${name}`, 1), add(`/a/${name}`, 2)])).toBe(`{"a":{"${name}":2},"${name}":1}`);
      expect(patched(document, `[{"op":"test","path":"","value":{"${name}":{"x":1},"a":1}}]`)).toBe(document);
      expect(patched('{"a":1}', `[{"op":"add","path":"/b","value":{"${name}":{"x":1}}}]`)).toContain(name);
      expect(merged(document, `{"${name}":{"y":2}}`)).toBe(`{"a":1,"${name}":{"x":1,"y":2}}`);
      expect(merged('{"a":1}', `{"b":{"${name}":{"y":2,"z":null}}}`)).toBe(`{"a":1,"b":{"${name}":{"y":2}}}`);
      expect(merged(document, `{"${name}":null}`)).toBe('{"a":1}');
    }
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'constructor/prototype', 'toString'])('comes from no prototype: %s', (name) => {
    for (const parent of ['', '/a', '/a/b', '/a/b/0', '/s', '/n']) {
      const at = `${parent}/${name}`;
      for (const one of [remove(at), replace(at, 1), test(at, {}), copy(at, '/c'), move(at, '/c'), add(`${at}/x`, 1)])
        expect(refusal(() => patched('{"a":{"b":["e"]},"s":"s","n":1}', one)).status).toBe(400);
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('two JSON values', () => {
  const equal = (one: string, other: string) => equalJson(losslessBody(one), losslessBody(other));

  it.each([
    ['1', '1.0', '1e0', '10E-1', '0.1e+1', '100e-2'],
    ['12345678901234567890', '12345678901234567890.0', '1.2345678901234567890e19'],
    ['0', '0.0', '0e5'],
    ['-1.50', '-1.5', '-15e-1'],
    ['1e400', '10e399'],
    ['{"a":1,"b":[{}]}', '{"b":[{}],"a":1.0}'],
    ['{"__proto__":1}', '{"__proto__":1}'],
    ['"\\u00e9"', '"é"'],
  ])('are equal whatever they are written like: %s and %s', (...texts) => {
    for (const one of texts)
      for (const other of texts) expect([one, other, equal(one, other)]).toEqual([one, other, true]);
  });

  it.each([
    ['12345678901234567890', '12345678901234567891'],
    ['1', '"1"'],
    ['1', '-1'],
    ['1', 'true'],
    ['0', 'null'],
    ['{}', '[]'],
    ['{}', 'null'],
    ['[1,2]', '[2,1]'],
    ['[1]', '[1,1]'],
    ['{"a":1}', '{"a":1,"b":null}'],
    ['{"a":null}', '{"b":null}'],
    ['{"__proto__":{}}', '{"a":{}}'],
    ['{"toString":1}', '{"a":1}'],
    ['{"value":"1"}', '1'],
  ])('differ: %s and %s', (one, other) => {
    expect(equal(one, other)).toBe(false);
    expect(equal(other, one)).toBe(false);
  });
});

describe('a patch that would grow without bound', () => {
  it('is refused when copies double a value 30 times', () => {
    const tree = new JsonTree('{"a":["0123456789"]}');
    const doubling = Array.from({ length: 30 }, () => copy('/a', '/a/-'));
    expect(refusal(() => patched('', doubling, tree))).toMatchObject({
      status: 400,
      error_description: expect.stringMatching(/^Operation \d+ \(copy \/a\/-\) /),
    });
    expect(tree.text.length).toBeLessThan(2 * 1024 * 1024);
  });

  it('is refused with more than 1,000 operations', () => {
    const many = (count: number) => Array.from({ length: count }, () => add('/a/-', 0));
    expect(patched('{"a":[]}', many(1000))).toHaveLength('{"a":[]}'.length + 1999);
    expect(refusal(() => patched('{"a":[]}', many(1001))).status).toBe(400);
  });

  it('is refused when copies nest deeper than 500 levels', () => {
    const inwards = Array.from({ length: 12 }, (_, at) => copy('/a', `/a${'/n'.repeat(2 ** at)}`));
    expect(refusal(() => patched('{"a":{}}', inwards)).error_description).toMatch(/^Operation 8 .*500/);
  });

  it('may nest 500 levels, counted from the root of the document', () => {
    const document = `{"a":{"b":{}},"v":${nested(498)}}`;
    expect(patched(document, copy('/v', '/a/v'))).toContain(`"a":{"b":{},"v":${nested(498)}}`);
    expect(refusal(() => patched(document, copy('/v', '/a/b/v'))).status).toBe(400);
  });

  it.each([
    ['an empty body', ''],
    ['no JSON', '[{]'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a byte order mark', '\uFEFF[]'],
    ['NUL', '["\\u0000"]'],
    ['a lone surrogate', '{"\\ud800":1}'],
    ['nesting of 501 levels', nested(501)],
    ['nesting of 30,000 levels', nested(30_000)],
  ])('or that is %s is refused before it is applied', (_, body) => {
    expect(refusal(() => losslessBody(body)).status).toBe(400);
  });
});
