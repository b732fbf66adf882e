/** Prefix of the paths of all public routes, and of no other route. */
const ROOT = '/oauth2/';

/** Returns a path as a lenient server would read it: escapes decoded, dot segments resolved, empty segments removed. */
function plain(path: string): string {
  const segments: string[] = [];
  for (const segment of decoded(path).split(/[\\/]+/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** Returns the text with its escapes decoded; unchanged when one of them is malformed, which the route rejects. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Whether a path begins with the prefix of public routes. */
export function looksPublic(path: string): boolean {
  return path.startsWith(ROOT);
}

/**
 * Whether a path belongs to a public route, both as Express compares it and as a lenient server reads it: a path that a lenient proxy or
 * router takes for another route is not admitted.
 */
export function isPublic(path: string): boolean {
  return looksPublic(path) && looksPublic(plain(path));
}
