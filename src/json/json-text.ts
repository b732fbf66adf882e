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
 * @returns each name once, at its first place; the last value where it is doubled, as `JSON.parse` takes it
 */
export function memberTexts(json: string): Map<string, string> {
  const tokens = json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g);
  const members = new Map<string, string>();
  let depth = 0;
  let key: string | undefined;
  let value: string[] | undefined;
  for (const [token] of tokens) {
    const closes = token === '}' || token === ']';
    if (closes) depth -= 1;
    if (depth === 0 || (depth === 1 && token === ',')) {
      if (value && key !== undefined) members.set(key, value.join(''));
      value = key = undefined;
    } else if (value) value.push(token);
    else if (token === ':') value = [];
    else key = JSON.parse(token) as string;
    if (token === '{' || token === '[') depth += 1;
  }
  return members;
}

/** Members with their values as text, as one JSON object. */
export function objectText(members: Iterable<readonly [name: string, text: string]>): string {
  return `{${Array.from(members, ([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}
