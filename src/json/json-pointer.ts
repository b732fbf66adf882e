/** Most characters of a JSON Pointer that an error repeats. */
export const POINTER_EXCERPT_LENGTH = 255;

/**
 * Returns the reference tokens of a JSON Pointer (RFC 6901 §3), unescaped.
 *
 * @returns `undefined` when the text is not a JSON Pointer: it does not begin with `/`, or a `~` is not followed by 0 or 1
 */
export function readPointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  const tokens = pointer.slice(1).split('/');
  return pointer.includes('~') ? tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~')) : tokens;
}

/** Returns the JSON Pointer of reference tokens; the reverse of {@link readPointer}. */
export function pointerText(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
