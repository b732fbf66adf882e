import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { applyPatch } from '../src/json/json-patch.js';
import { JsonTree } from '../src/json/json-tree.js';
import { parseLossless } from '../src/json/lossless-json.js';
import { OAuthError } from '../src/index.js';

interface Case {
  comment?: string;
  doc: unknown;
  patch?: Record<string, unknown>[];
  expected?: unknown;
  error?: string;
  disabled?: boolean;
}

const { resolve } = createRequire(import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(resolve(`json-patch-test-suite/${file}`), 'utf8')) as Case[];

/** Our documents are objects; those of the suite are anything. So each of them is a member of an object. */
function within(pointer: unknown): unknown {
  return typeof pointer === 'string' && (pointer === '' || pointer.startsWith('/')) ? `/doc${pointer}` : pointer;
}

function moved(operation: Record<string, unknown>): object {
  const { from, path, ...rest } = operation;
  return {
    ...rest,
    ...('from' in operation && { from: within(from) }),
    ...('path' in operation && { path: within(path) }),
  };
}

function patched({ doc, patch = [] }: Case): unknown {
  const tree = new JsonTree(JSON.stringify({ doc }));
  applyPatch(tree, parseLossless(JSON.stringify(patch.map(moved))), (operation) => operation);
  return (JSON.parse(tree.text) as { doc: unknown }).doc;
}

/** Other people's cases of RFC 6902. */
describe.each(['spec_tests.json', 'tests.json'])('the JSON Patch test suite, %s', (file) => {
  const cases = read(file).filter(({ patch, disabled }) => patch && !disabled);

  it.each(cases.map((one, at): [string, Case] => [`${at} ${one.comment ?? one.error ?? ''}`, one]))('%s', (_, one) => {
    if (one.error === undefined) expect(patched(one)).toEqual('expected' in one ? one.expected : one.doc);
    else expect(() => patched(one)).toThrow(OAuthError);
  });
});
