import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ClientPatch } from '../src/clients/metadata/client-patch.js';

const DOCUMENT = '{"client_id":"x","metadata":{"team":"orders"}}';

describe('a patch of a client', () => {
  it.each([
    [
      undefined,
      [
        { op: 'add', path: '/metadata/list', value: [] },
        { op: 'add', path: '/metadata/list/-', value: 1 },
      ],
    ],
    ['application/merge-patch+json', { metadata: { list: [1] } }],
  ])('gives the same when a lost race applies it again (%s)', (contentType, body) => {
    const patch = new ClientPatch(JSON.stringify(body), contentType);
    const expected = '{"client_id":"x","metadata":{"team":"orders","list":[1]}}';
    expect([patch.applyTo('x', DOCUMENT), patch.applyTo('x', DOCUMENT)]).toEqual([expected, expected]);
  });

  it('is read when it is first applied, not before', () => {
    const patch = new ClientPatch('no JSON');
    expect(() => patch.applyTo('x', DOCUMENT)).toThrow('not valid JSON');
  });
});
