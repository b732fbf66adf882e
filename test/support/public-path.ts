/** Is it a path of the public listener? */
export function isPublic(path: string): boolean {
  return path.startsWith('/oauth2/');
}
