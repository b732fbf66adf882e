/** JSON that is kept as text, so that its digits, its order of members and their doubles come back as they were sent. */
export class RawJson {
  /** @param value what `text` stands for, as `JSON.parse` reads it: numbers may have lost digits */
  constructor(
    readonly text: string,
    readonly value: unknown,
  ) {}

  /** `value` as compact JSON; raw JSON goes out as it came in. */
  static write(value: unknown): string {
    return value instanceof RawJson ? value.text : JSON.stringify(value);
  }

  toJSON(): unknown {
    return this.value;
  }
}

/**
 * The top-level members of a JSON object with their values as text, without blanks between tokens.
 *
 * @param json valid JSON, an object at top level
 * @param wanted only these; all when left out
 * @returns each name once, at its first place; the last value where it is doubled, as `JSON.parse` takes it
 */
export function memberTexts(json: string, wanted?: ReadonlySet<string>): Map<string, string> {
  const members = new Map<string, string>();
  let at = json.indexOf('"');
  while (at >= 0) {
    const behindName = endOfString(json, at);
    const name = JSON.parse(json.slice(at, behindName)) as string;
    const value = json.indexOf(':', behindName) + 1;
    const behindValue = endOfValue(json, value);
    if (!wanted || wanted.has(name)) members.set(name, compact(json.slice(value, behindValue)));
    at = json.indexOf('"', behindValue);
  }
  return members;
}

/** Behind the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let backslash = end - 1;
    while (json[backslash] === '\\') backslash -= 1;
    if ((end - backslash) % 2 === 1) return end + 1;
  }
}

/** Behind the member's value that begins at `start`: at the comma or the brace that ends it. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  let at = start;
  for (; at < json.length; at += 1) {
    const char = json[at];
    if (char === '"') at = endOfString(json, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (depth === 0 && (char === ',' || char === '}')) break;
    else if (char === '}' || char === ']') depth -= 1;
  }
  return at;
}

function compact(json: string): string {
  return /\s/.test(json) ? (json.match(/"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"]+/g) ?? []).join('') : json;
}

/** Members with their values as text, as one JSON object. */
export function objectText(members: Iterable<readonly [name: string, text: string]>): string {
  return `{${Array.from(members, ([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

/** The value of a JSON text; `undefined` when the text is not JSON. */
export function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
