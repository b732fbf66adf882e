/** What the paths of all public routes begin with; no other route has it. */
const ROOT = '/oauth2/';

/** A path as a lenient server would read it: escapes decoded, and neither dot segments nor empty ones in it. */
function plain(path: string): string {
  const segments: string[] = [];
  for (const segment of decoded(path).split(/[\\/]+/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** The text with its escapes decoded; as it is when one of them is broken, which the route refuses. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Does a path begin as those of public routes do? */
export function looksPublic(path: string): boolean {
  return path.startsWith(ROOT);
}

/**
 * Does a path belong to a public route, in the spelling that Express compares and in every other one, too? So what a lenient proxy or router
 * takes for a path outside cannot come in.
 */
export function isPublic(path: string): boolean {
  return looksPublic(path) && looksPublic(plain(path));
}
