/**
 * The reference tokens of a JSON Pointer (RFC 6901 §3), unescaped.
 *
 * @returns `undefined` when the text is none: it does not begin with `/`, or `~` stands before something else than 0 or 1
 */
export function readPointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Reference tokens as a JSON Pointer. */
export function pointerText(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
