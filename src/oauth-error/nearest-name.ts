/** Longest name that is compared, in characters: the time grows with the product of both lengths. */
const COMPARED_MAX_LENGTH = 64;

/**
 * Counts the edits that turn one text into the other: a character is inserted, removed or replaced, or two adjacent ones are
 * swapped (Damerau–Levenshtein, no part edited twice).
 */
export function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let distances = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (distances[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      const swaps = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swapped = swaps ? (before[column - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (distances[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    before = distances;
    distances = next;
  }
  return distances[other.length] ?? 0;
}

/**
 * Finds the known name that a caller probably meant. Case and separators do not count: `clientName` is near `client_name`.
 *
 * @returns `undefined` when `name` has more than 64 characters, or when more than a third of its characters would have to change
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > COMPARED_MAX_LENGTH) return undefined;
  const plain = folded(name);
  let least = Math.floor(plain.length / 3) + 1;
  let nearest: string | undefined;
  for (const candidate of known) {
    const other = folded(candidate);
    if (Math.abs(other.length - plain.length) >= least) continue;
    const distance = editDistance(plain, other);
    if (distance < least) [least, nearest] = [distance, candidate];
  }
  return nearest;
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[_\-\s]/g, '');
}
