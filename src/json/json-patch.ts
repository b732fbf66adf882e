import { excerpt, OAuthError } from '../oauth-error/oauth-error.js';
import { POINTER_EXCERPT_LENGTH, readPointer } from './json-pointer.js';
import { PatchFault, type JsonTree } from './json-tree.js';
import { isJsonObject, type Json } from './lossless-json.js';

/** One operation of a JSON Patch (RFC 6902 §4), with its pointers parsed. */
export interface Operation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  path: string[];
  /** The source, for `move` and `copy`; otherwise empty. */
  from: string[];
  /** The value, for `add`, `replace` and `test`. */
  value: Json;
}

/**
 * Decides on each operation before it is applied.
 *
 * @returns the operation to apply, the given one or another; `undefined` to skip it
 * @throws PatchFault to refuse the patch
 */
export type Admission = (operation: Operation) => Operation | undefined;

/** Most operations in one patch. */
export const MAX_OPERATIONS = 1000;
/** Longest pointer, in characters: more than any value in a client needs, except under very long names in `metadata`. */
const MAX_POINTER = 64 * 1024;
/** Most characters of an operation's name that an error repeats. */
const OP_EXCERPT_LENGTH = 16;
const WITH_VALUE = new Set(['add', 'replace', 'test']);
const WITH_SOURCE = new Set(['move', 'copy']);

function refuse(at: number, operation: Json, reason: string): OAuthError {
  const { op, path } = isJsonObject(operation) ? operation : {};
  const isNamed = typeof op === 'string' && typeof path === 'string';
  const name = isNamed ? ` (${excerpt(op, OP_EXCERPT_LENGTH)} ${excerpt(path, POINTER_EXCERPT_LENGTH)})` : '';
  const detail = `Operation ${at}${name} ${reason}.`;
  return OAuthError.invalidRequest(detail, [{ pointer: `/${at}`, detail }]);
}

function pointerOf(operation: Record<string, Json>, member: 'path' | 'from'): string[] {
  const text = operation[member];
  const tokens = typeof text === 'string' && text.length <= MAX_POINTER ? readPointer(text) : undefined;
  if (!tokens)
    throw new PatchFault(
      `must have a JSON Pointer as ${member}, such as /client_name, of at most ${MAX_POINTER} characters`,
    );
  return tokens;
}

function readOperation(operation: Json): Operation {
  if (!isJsonObject(operation)) throw new PatchFault('must be an object with op and path');
  const { op } = operation;
  const known = typeof op === 'string' && (op === 'remove' || WITH_VALUE.has(op) || WITH_SOURCE.has(op));
  if (!known) throw new PatchFault('must have one of add, remove, replace, move, copy and test as op');
  if (WITH_VALUE.has(op) && !Object.hasOwn(operation, 'value')) throw new PatchFault('must have a value');
  return {
    op: op as Operation['op'],
    path: pointerOf(operation, 'path'),
    from: WITH_SOURCE.has(op) ? pointerOf(operation, 'from') : [],
    value: operation['value'],
  };
}

function apply(tree: JsonTree, { op, path, from, value }: Operation): void {
  if (op === 'add') tree.add(path, value);
  else if (op === 'remove') tree.remove(path);
  else if (op === 'replace') tree.replace(path, value);
  else if (op === 'copy') tree.add(path, tree.copy(from));
  else if (op === 'test') tree.test(path, value);
  else if (path.length > from.length && from.every((token, at) => token === path[at]))
    throw new PatchFault('must not move a value into itself');
  else tree.add(path, tree.remove(from));
}

/**
 * Applies the operations of a JSON Patch (RFC 6902) to a tree, in order. If it throws, the tree may be partly changed: discard it.
 *
 * @param patch the parsed body, numbers as they were written; `null` means no operations
 * @param admit decides on each operation
 * @throws OAuthError 400 that names the operation that failed and the reason
 */
export function applyPatch(tree: JsonTree, patch: Json, admit: Admission): void {
  const operations = patch ?? [];
  if (!Array.isArray(operations))
    throw OAuthError.invalidRequest(
      'A JSON Patch must be an array of operations. Send a JSON Merge Patch as application/merge-patch+json.',
    );
  if (operations.length > MAX_OPERATIONS)
    throw OAuthError.invalidRequest(`A JSON Patch must not have more than ${MAX_OPERATIONS} operations.`);
  for (const [at, operation] of operations.entries()) {
    try {
      const admitted = admit(readOperation(operation));
      if (admitted) apply(tree, admitted);
    } catch (error) {
      throw error instanceof PatchFault ? refuse(at, operation, error.message) : error;
    }
  }
}

/**
 * Applies a JSON Merge Patch (RFC 7396 §2): its members replace those of the tree, and `null` removes them.
 *
 * @throws OAuthError 400 when the patch is not an object: the result would not be one either
 */
export function applyMergePatch(tree: JsonTree, patch: Json): void {
  if (!isJsonObject(patch)) throw OAuthError.invalidRequest('A JSON Merge Patch must be a JSON object.');
  tree.merge(patch);
}
