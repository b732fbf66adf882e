/** The text with its control characters replaced: a terminal would obey them. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\uFFFD');
}
