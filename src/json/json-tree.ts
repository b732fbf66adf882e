import { MAX_DEPTH, MAX_VALUES } from './json-bounds.js';
import {
  cloneJson,
  equalJson,
  isJsonObject,
  measureJson,
  parseLossless,
  setMember,
  writeLossless,
  type Json,
  type JsonObject,
} from './lossless-json.js';
import { memberTexts, objectText } from './json-text.js';

/** Most characters that the operations of one patch may write in total: `copy` could double a value again and again. */
const MAX_WRITTEN = 1024 * 1024;

/** An operation that cannot be applied; the message is the predicate of a sentence whose subject is the operation. */
export class PatchFault extends Error {}

/** A member that no operation has changed: its text stays as it was sent. */
class Untouched {
  private known: Json;

  constructor(readonly text: string) {}

  /** The parsed value. Do not modify it in place: the text would not follow. */
  get value(): Json {
    return (this.known ??= parseLossless(this.text));
  }
}

/** A JSON object that is being patched. Members that no operation changes keep their text. */
export class JsonTree {
  /** The document is the only member of this object, so its root can be replaced like any other value. */
  private readonly holder: JsonObject = {};
  private written = 0;
  private values = 0;

  /** @param json valid JSON, an object at top level */
  constructor(json: string) {
    const root: JsonObject = {};
    for (const [name, text] of memberTexts(json)) setMember(root, name, new Untouched(text));
    this.holder['root'] = root;
  }

  /** The current document as compact JSON. */
  get text(): string {
    const { root } = this.holder;
    if (!isJsonObject(root)) return writeLossless(root);
    return objectText(
      Object.entries(root).map(([name, value]) => [
        name,
        value instanceof Untouched ? value.text : writeLossless(value),
      ]),
    );
  }

  /**
   * Adds a value (RFC 6902 §4.1).
   *
   * @throws PatchFault
   */
  add(path: readonly string[], value: Json): void {
    this.admit(path, value);
    const { parent, name } = this.placeOf(path);
    if (Array.isArray(parent))
      parent.splice(name === '-' ? parent.length : indexIn(parent, name, parent.length), 0, value);
    else setMember(parent, name, value);
  }

  /**
   * Removes a value (RFC 6902 §4.2).
   *
   * @returns the removed value
   * @throws PatchFault
   */
  remove(path: readonly string[]): Json {
    if (path.length === 0) throw new PatchFault('must not remove the whole document');
    const { parent, name } = this.placeOf(path);
    const value = known(read(parent, name));
    if (Array.isArray(parent)) parent.splice(Number(name), 1);
    else delete parent[name];
    return value;
  }

  /**
   * Replaces a value (RFC 6902 §4.3).
   *
   * @throws PatchFault
   */
  replace(path: readonly string[], value: Json): void {
    this.admit(path, value);
    const { parent, name } = this.placeOf(path);
    read(parent, name);
    if (Array.isArray(parent)) parent[Number(name)] = value;
    else setMember(parent, name, value);
  }

  /**
   * Returns a copy of a value, for RFC 6902 §4.5.
   *
   * @throws PatchFault
   */
  copy(path: readonly string[]): Json {
    return cloneJson(this.valueAt(path));
  }

  /**
   * Compares the value at a location with a given one (RFC 6902 §4.6).
   *
   * @throws PatchFault when they differ, or the location does not exist
   */
  test(path: readonly string[], value: Json): void {
    if (!equalJson(this.valueAt(path), value)) throw new PatchFault('failed: the value there is different');
  }

  /** Applies a merge patch (RFC 7396 §2) and leaves the patch unmodified. A member whose value does not change keeps its text. */
  merge(patch: JsonObject): void {
    const root = isJsonObject(this.holder['root']) ? this.holder['root'] : {};
    for (const [name, value] of Object.entries(patch)) {
      const before = Object.hasOwn(root, name) ? known(root[name]) : undefined;
      const after = value === null ? undefined : merged(cloneJson(before), value);
      if (after === undefined) delete root[name];
      else if (before === undefined || !equalJson(before, after)) setMember(root, name, after);
    }
  }

  private valueAt(path: readonly string[]): Json {
    const root = this.holder['root'];
    const [first, ...deeper] = path;
    if (first !== undefined) return deeper.reduce(read, known(read(root, first)));
    return isJsonObject(root)
      ? Object.fromEntries(Object.entries(root).map(([name, value]) => [name, known(value)]))
      : root;
  }

  /** Returns the container and the name to write to. Parses the top-level member around it, which no longer keeps its text. */
  private placeOf(path: readonly string[]): { parent: Json[] | JsonObject; name: string } {
    let parent: Json = this.holder;
    let name = 'root';
    for (const token of path) {
      const value = read(parent, name);
      if (value instanceof Untouched) setMember(parent as JsonObject, name, value.value);
      parent = known(value);
      name = token;
    }
    if (Array.isArray(parent) || isJsonObject(parent)) return { parent: parent as Json[] | JsonObject, name };
    throw new PatchFault('points into a value that is neither an object nor an array');
  }

  private admit(path: readonly string[], value: Json): void {
    const { size, depth, values } = measureJson(value);
    if (path.length + depth > MAX_DEPTH) throw new PatchFault(`nests deeper than ${MAX_DEPTH} levels`);
    this.written += size;
    if (this.written > MAX_WRITTEN) throw new PatchFault('makes the patch write more than 1 MiB');
    this.values += values;
    if (this.values > MAX_VALUES) throw new PatchFault(`makes the patch write more than ${MAX_VALUES} values`);
  }
}

/** Returns the array index of a token (RFC 6901 §4): no sign, no leading zeros; at most `last`. */
function indexIn(array: readonly Json[], token: string, last: number): number {
  if (!/^(0|[1-9]\d*)$/.test(token)) throw new PatchFault('must use an array index without a sign or leading zeros');
  if (Number(token) > last) throw new PatchFault(`is out of range: the array there has ${array.length} entries`);
  return Number(token);
}

/** Returns the value at `name` in `parent`. */
function read(parent: Json, name: string): Json {
  if (Array.isArray(parent)) return parent[indexIn(parent, name, parent.length - 1)] as Json;
  if (!isJsonObject(parent) || !Object.hasOwn(parent, name))
    throw new PatchFault('points to a location that does not exist');
  return parent[name];
}

function known(value: Json): Json {
  return value instanceof Untouched ? value.value : value;
}

function merged(target: Json, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const object = isJsonObject(target) ? target : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete object[name];
    else setMember(object, name, merged(Object.hasOwn(object, name) ? object[name] : undefined, value));
  }
  return object;
}
