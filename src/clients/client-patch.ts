import { applyMergePatch, applyPatch, type Operation } from '../json/json-patch.js';
import { losslessBody } from '../json/json-body.js';
import { memberTexts } from '../json/json-text.js';
import { JsonTree, PatchFault } from '../json/json-tree.js';
import { isJsonObject } from '../json/lossless-json.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { fieldsOf, serverOwnedOf } from './client-metadata.fields.js';
import { ClientInput, ClientView } from './client.dto.js';

const KNOWN = new Set(fieldsOf(ClientInput).map(({ name }) => name));
const SERVER_OWNED = new Set(serverOwnedOf(ClientView).map(({ name }) => name));
const FIXED = 'client_id';

/** Media type of RFC 7396; everything else is read as a JSON Patch. */
export const MERGE_PATCH = 'application/merge-patch+json';
const IS_MERGE_PATCH = /^application\/merge-patch\+json\s*(;|$)/i;

/**
 * The document of a client with a patch applied: the body of a replacement.
 *
 * @param document the client as the admin API shows it
 * @param body a JSON Patch (RFC 6902), or a JSON Merge Patch (RFC 7396) when `contentType` says so
 * @returns the same text when the patch changes nothing
 * @throws OAuthError 400 that tells which operation failed and why
 */
export function patchedDocument(document: string, body: unknown, contentType = ''): string {
  const patch = losslessBody(body);
  const tree = new JsonTree(document);
  if (IS_MERGE_PATCH.test(contentType)) {
    if (isJsonObject(patch) && Object.hasOwn(patch, FIXED)) requireSameId(document, JSON.stringify(patch[FIXED]));
    applyMergePatch(tree, patch);
  } else applyPatch(tree, patch, admit);
  const { text } = tree;
  if (!text.startsWith('{')) throw OAuthError.invalidRequest('The patch must leave the client a JSON object.');
  requireSameId(document, memberTexts(text).get(FIXED));
  return text;
}

function admit(operation: Operation): Operation | undefined {
  const { op, path, from } = operation;
  const [member = ''] = path;
  if (op === 'test') return operation;
  if (member === FIXED || (op === 'move' && from[0] === FIXED)) throw new PatchFault(`must not change ${FIXED}`);
  if (SERVER_OWNED.has(member)) return undefined;
  // Members that hold nothing are left out of the document, and callers replace them all the same.
  return op === 'replace' && path.length === 1 && KNOWN.has(member) ? { ...operation, op: 'add' } : operation;
}

/** A document as a whole may come without the id: the path has it. */
function requireSameId(document: string, id: string | undefined): void {
  if (id !== undefined && id !== memberTexts(document).get(FIXED))
    throw OAuthError.invalidRequest(`The patch must not change ${FIXED}.`, [
      { pointer: `/${FIXED}`, detail: `${FIXED} can not be changed.` },
    ]);
}
