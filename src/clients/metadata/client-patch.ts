import { applyMergePatch, applyPatch, type Operation } from '../../json/json-patch.js';
import { losslessBody } from '../../json/json-body.js';
import { memberTexts } from '../../json/json-text.js';
import { JsonTree, PatchFault } from '../../json/json-tree.js';
import { cloneJson, isJsonObject, type Json } from '../../json/lossless-json.js';
import { faultAt, OAuthError } from '../../oauth-error/oauth-error.js';
import { fieldsOf } from '../../fields/field.js';
import { isTagged, taggedField, withCanonicalTags } from '../../fields/language-tags.js';
import { serverOwnedOf } from '../../fields/server-owned.js';
import { unknownMembers, type ReadOptions } from '../../fields/unknown-members.js';
import { ClientInput, ClientView } from './client.dto.js';

const FIELDS = fieldsOf(ClientInput);
const KNOWN = new Set(FIELDS.map(({ name }) => name));
const SERVER_OWNED = new Set(serverOwnedOf(ClientView).map(({ name }) => name));
const FIXED = 'client_id' satisfies keyof ClientInput;
const SECRETS = new Set(FIELDS.flatMap(({ name, isSecret }) => (isSecret ? [name] : [])));

/** Media type of a JSON Patch (RFC 6902). A body of any type but {@link MERGE_PATCH} is read as one. */
export const JSON_PATCH = 'application/json-patch+json';
/** Media type of a JSON Merge Patch (RFC 7396). */
export const MERGE_PATCH = 'application/merge-patch+json';

/** A patch of a client as it arrived: a JSON Patch (RFC 6902), or a JSON Merge Patch (RFC 7396) when `contentType` says so. */
export class ClientPatch {
  private readonly isMergePatch: boolean;
  private patch: Json;

  /**
   * @param contentType media type of the body; any type but that of a JSON Merge Patch means a JSON Patch
   * @param options whether unknown members are rejected
   */
  constructor(
    private readonly body: unknown,
    contentType?: string | null,
    private readonly options: ReadOptions = {},
  ) {
    this.isMergePatch = (contentType ?? '').split(';', 1)[0]?.trimEnd().toLowerCase() === MERGE_PATCH;
  }

  /**
   * Returns the document of a client with the patch applied: the body of a replacement. The first call parses the patch.
   *
   * @param id the `client_id`; no patch changes it
   * @param document the client as the admin API shows it
   * @returns the same text when the patch changes nothing
   * @throws OAuthError 400 when the body is not JSON, or naming the operation that failed and the reason
   */
  applyTo(id: string, document: string): string {
    this.patch ??= losslessBody(this.body);
    const tree = new JsonTree(document);
    if (this.isMergePatch) applyMergePatch(tree, this.effective(this.patch));
    // Operations write into the values of earlier ones, and a change that lost a race applies them again.
    else applyPatch(tree, cloneJson(this.patch), admit);
    const { text } = tree;
    if (!text.startsWith('{')) throw OAuthError.invalidRequest('The patch must leave the client a JSON object.');
    if (memberTexts(text).get(FIXED) === JSON.stringify(id)) return text;
    const fault = faultAt([FIXED], 'cannot be changed: a patch must leave it as it is');
    throw OAuthError.invalidRequest(fault.detail, [fault]);
  }

  /**
   * Returns a merge patch without the members that are ignored.
   *
   * @throws OAuthError 400 for unknown members when those are rejected, and for wrong language tags; members that the patch removes are
   * checked here because they are not in the result
   */
  private effective(patch: Json): Json {
    if (!isJsonObject(patch)) return patch;
    const { members, faults } = withCanonicalTags<Json>(FIELDS, patch);
    const [fault, ...others] = [...unknownMembers(ClientInput, Object.keys(patch), this.options), ...faults];
    if (fault) throw OAuthError.invalidMetadata([fault, ...others]);
    return Object.fromEntries(Object.entries(members).filter(([name]) => isKnown(name)));
  }
}

function isKnown(name: string): boolean {
  return KNOWN.has(name) || isTagged(FIELDS, name);
}

/** Returns a path with the language tag of its member in its canonical form. */
function canonicalPath(path: readonly string[]): string[] {
  return path.map((name, at) => (at === 0 ? (taggedField(FIELDS, name)?.name ?? name) : name));
}

/** Skips operations on server-owned members, and allows `replace` of members that the document leaves out. */
function admit(sent: Operation): Operation | undefined {
  const operation = { ...sent, path: canonicalPath(sent.path), from: canonicalPath(sent.from) };
  const { op, path, from } = operation;
  const [member = ''] = path;
  if (op === 'test') return operation;
  if (member === FIXED || (op === 'move' && from[0] === FIXED)) throw new PatchFault(`must not change ${FIXED}`);
  // The document never contains a secret to remove, and a replacement without one keeps the secrets.
  if (SERVER_OWNED.has(member) || (op === 'remove' && SECRETS.has(member))) return undefined;
  // The document leaves out empty members; callers may replace them all the same.
  return op === 'replace' && path.length === 1 && isKnown(member) ? { ...operation, op: 'add' } : operation;
}
