import { excerpt, OAuthError } from '../oauth-error/oauth-error.js';
import { pointerText, readPointer } from './json-pointer.js';
import { PatchFault, type JsonTree } from './json-tree.js';
import { isJsonObject, type Json } from './lossless-json.js';

/** One operation of a JSON Patch (RFC 6902 §4), with its pointers read. */
export interface Operation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  path: string[];
  /** Of `move` and `copy`. */
  from: string[];
  /** Of `add`, `replace` and `test`. */
  value: Json;
}

/** Decides on each operation before it is carried out: as it is, as another one, or not at all; throws PatchFault. */
export type Admission = (operation: Operation) => Operation | undefined;

/** Operations that one patch may have. */
export const MAX_OPERATIONS = 1000;
const WITH_VALUE = new Set(['add', 'replace', 'test']);
const WITH_SOURCE = new Set(['move', 'copy']);

function refuse(at: number, operation: Json, reason: string): OAuthError {
  const { op, path } = isJsonObject(operation) ? operation : {};
  const name = typeof op === 'string' && typeof path === 'string' ? ` (${excerpt(op, 16)} ${excerpt(path, 255)})` : '';
  const detail = `Operation ${at}${name} ${reason}.`;
  return OAuthError.invalidRequest(detail, [{ pointer: `/${at}`, detail }]);
}

function pointerOf(operation: Record<string, Json>, member: 'path' | 'from'): string[] {
  const text = operation[member];
  const tokens = typeof text === 'string' ? readPointer(text) : undefined;
  if (!tokens) throw new PatchFault(`must have a JSON Pointer as ${member}, such as /client_name`);
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

function carryOut(tree: JsonTree, { op, path, from, value }: Operation): void {
  if (op === 'add') tree.add(path, value);
  else if (op === 'remove') tree.remove(path);
  else if (op === 'replace') tree.replace(path, value);
  else if (op === 'copy') tree.add(path, tree.copy(from));
  else if (op === 'test') tree.test(path, value);
  else if (pointerText(path).startsWith(`${pointerText(from)}/`))
    throw new PatchFault('must not move a value into itself');
  else tree.add(path, tree.remove(from));
}

/**
 * Applies a JSON Patch (RFC 6902) to a tree, operation after operation. When it throws, the tree is half changed: throw it away.
 *
 * @param patch the body, read without loss; `null` stands for no operations
 * @throws OAuthError 400 that tells which operation failed and why
 */
export function applyPatch(tree: JsonTree, patch: Json, admit: Admission): void {
  const operations = patch ?? [];
  if (!Array.isArray(operations))
    throw OAuthError.invalidRequest(
      'A JSON Patch must be an array of operations. A JSON Merge Patch is sent as application/merge-patch+json.',
    );
  if (operations.length > MAX_OPERATIONS)
    throw OAuthError.invalidRequest(`A JSON Patch must not have more than ${MAX_OPERATIONS} operations.`);
  for (const [at, operation] of operations.entries()) {
    try {
      const admitted = admit(readOperation(operation));
      if (admitted) carryOut(tree, admitted);
    } catch (error) {
      throw error instanceof PatchFault ? refuse(at, operation, error.message) : error;
    }
  }
}

/**
 * Applies a JSON Merge Patch (RFC 7396 §2): members of objects replace those of the target, `null` takes them away.
 *
 * @throws OAuthError 400 when the patch is no object, since the result would be none either
 */
export function applyMergePatch(tree: JsonTree, patch: Json): void {
  if (!isJsonObject(patch)) throw OAuthError.invalidRequest('A JSON Merge Patch must be a JSON object.');
  tree.merge(patch);
}
