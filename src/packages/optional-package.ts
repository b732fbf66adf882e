/**
 * Imports a package that the host may leave out.
 *
 * @param name of the package
 * @param load imports it: bundlers must see the name in the `import` itself
 * @returns `undefined` when it is not installed
 * @throws what the import throws when the package is installed and cannot be loaded
 */
export async function optionalPackage<T>(name: string, load: () => Promise<T>): Promise<T | undefined> {
  return load().catch((error: unknown) => {
    if (isMissing(error, name)) return undefined;
    throw error;
  });
}

/** Did an import fail because the package is not installed? False when something that the package imports is missing. */
function isMissing(error: unknown, name: string): boolean {
  // Not `instanceof`: Jest's resolver throws errors of another realm.
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  // Node, Jest and bundlers name what is missing first, and then the file that imports it.
  const [missing = ''] = String(message).split(/ (?:imported )?from /);
  return /^(ERR_)?MODULE_NOT_FOUND$/.test(String(code)) && missing.includes(name);
}
