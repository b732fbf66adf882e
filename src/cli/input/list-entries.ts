/**
 * Splits a list on the command line as Hydra does: one line of comma-separated values (RFC 4180). An entry that contains a comma is
 * enclosed in quotation marks, and a quotation mark within them is doubled. Spaces around other entries are removed.
 *
 * @param text such as `openid,offline` or `"https://a.example/?x=1,2",https://b.example/`
 * @returns the entries; `undefined` when a quotation mark is not closed
 */
export function listEntries(text: string): string[] | undefined {
  const entries: string[] = [];
  for (let rest = `${text},`; rest !== '';) {
    const [entry, quoted, plain = ''] = /^(?:"((?:[^"]|"")*)"|([^",][^,]*|)),/.exec(rest) ?? [];
    if (entry === undefined) return undefined;
    entries.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    rest = rest.slice(entry.length);
  }
  return entries;
}
