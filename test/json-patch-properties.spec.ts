import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { losslessBody } from '../src/json/json-body.js';
import { applyMergePatch, applyPatch } from '../src/json/json-patch.js';
import { JsonTree } from '../src/json/json-tree.js';

type Plain = null | boolean | number | string | Plain[] | PlainObject;
interface PlainObject {
  [name: string]: Plain;
}

function patched(document: Plain, operations: object[]): unknown {
  const tree = new JsonTree(JSON.stringify(document));
  applyPatch(tree, losslessBody(JSON.stringify(operations)), (operation) => operation);
  return JSON.parse(tree.text);
}

function merged(document: string, patch: Plain): string {
  const tree = new JsonTree(document);
  applyMergePatch(tree, losslessBody(JSON.stringify(patch)));
  return tree.text;
}

const NAMES = ['a', 'b', '', '0', '1', 'a/b', 'm~n', 'ü', 'constructor', 'length'];
const { value: anyValue } = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Plain>(null, true, 0, -7, 1.5, '', 'x'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const anyObject = fc.dictionary(fc.constantFrom(...NAMES), anyValue, { maxKeys: 5, noNullPrototype: true });
const anyStep = fc.record({
  op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
  source: fc.nat(),
  target: fc.nat(),
  name: fc.constantFrom(...NAMES),
  value: anyValue,
});

interface Step {
  op: string;
  source: number;
  target: number;
  name: string;
  value: Plain;
}

const pointer = (path: string[]) => path.map((t) => `/${t.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
const isContainer = (value: Plain) => typeof value === 'object' && value !== null;
const valueAt = (root: Plain, path: string[]) =>
  path.reduce<Plain>((value, token) => (value as PlainObject)[token] ?? null, root);
const isWithin = (path: string[], outer: string[]) => outer.every((token, at) => path[at] === token);
const pick = <T>(list: T[], at: number, otherwise: T): T => list[at % (list.length || 1)] ?? otherwise;

/** The path of every value within `value`, its own first. */
function places(value: Plain, path: string[] = []): string[][] {
  const inside = isContainer(value) ? Object.entries(value as PlainObject) : [];
  return [path, ...inside.flatMap(([name, member]) => places(member, [...path, name]))];
}

/** `root` with `entry` at a path, in place of what was there or before it; without one: with what was there left out. */
function put(root: Plain, [token, ...rest]: string[], entry: Plain | undefined, inserts = false): Plain {
  if (token === undefined) return entry ?? null;
  if (Array.isArray(root)) {
    const at = token === '-' ? root.length : Number(token);
    const inner = rest.length > 0 ? put(root[at] ?? null, rest, entry, inserts) : entry;
    return root.toSpliced(at, inserts && rest.length === 0 ? 0 : 1, ...(inner === undefined ? [] : [inner]));
  }
  const { [token]: old = null, ...others } = root as PlainObject;
  const inner = rest.length > 0 ? put(old, rest, entry, inserts) : entry;
  return inner === undefined ? others : { ...others, [token]: inner };
}

/** One valid operation on `root`, and what it makes of it. */
function taken(root: Plain, { op, source, target, name, value }: Step): [operation: object, result: Plain] {
  // The whole document can neither be moved nor taken away.
  const from = pick(places(root).slice(op === 'move' || op === 'remove' ? 1 : 0), source, []);
  const found = valueAt(root, from);
  const path = pointer(from);
  if (op === 'replace') return [{ op, path, value }, put(root, from, value)];
  if (op === 'test' || (path === '' && (op === 'move' || op === 'remove')))
    return [{ op: 'test', path, value: found }, root];
  if (op === 'remove') return [{ op, path }, put(root, from, undefined)];
  const rest = op === 'move' ? put(root, from, undefined) : root;
  const parents = places(rest).filter((parent) => isContainer(valueAt(rest, parent)));
  const parent = pick(op === 'move' ? parents.filter((at) => !isWithin(at, from)) : parents, target, []);
  const array = valueAt(rest, parent);
  const token = Array.isArray(array) ? pick(['-', ...array.keys(), array.length].map(String), source, '-') : name;
  const to = isContainer(array) ? [...parent, token] : [];
  const written = op === 'add' ? { op, path: pointer(to), value } : { op, from: path, path: pointer(to) };
  return [written, put(rest, to, op === 'add' ? value : found, true)];
}

function plainMerged(target: Plain, patch: Plain): Plain {
  if (!isContainer(patch) || Array.isArray(patch)) return patch;
  const object = isContainer(target) && !Array.isArray(target) ? target : {};
  return Object.entries(patch).reduce<Plain>(
    (result, [name, value]) =>
      put(result, [name], value === null ? undefined : plainMerged(valueAt(result, [name]), value)),
    object,
  );
}

describe('any patch', () => {
  it('makes of any document what a plain reading of RFC 6902 makes of it', () => {
    fc.assert(
      fc.property(anyObject, fc.array(anyStep, { minLength: 1, maxLength: 8 }), (document, steps) => {
        const operations: object[] = [];
        const result = steps.reduce<Plain>((root, step) => {
          const [operation, next] = taken(root, step);
          operations.push(operation);
          return next;
        }, document);
        expect(patched(document, operations)).toEqual(result);
      }),
      { numRuns: 500 },
    );
  });

  it('merged twice makes what it makes merged once, as a plain reading of RFC 7396 has it', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (document, patch) => {
        const once = merged(JSON.stringify(document), patch);
        expect(JSON.parse(once)).toEqual(plainMerged(document, patch));
        expect(merged(once, patch)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });
});
