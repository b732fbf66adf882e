/** Whether the text is a UUID (RFC 9562 §4) as the registry writes them, in lower case. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
}
