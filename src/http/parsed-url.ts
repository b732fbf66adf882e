/**
 * A text as a URL; `undefined` when it is not one.
 *
 * Not `URL.canParse`: on Node 20 its optimised form refuses hosts with Latin-1 letters after some thousand calls.
 */
export function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
