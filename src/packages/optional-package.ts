/**
 * Imports a package that the host may leave out.
 *
 * @param name the name of the package
 * @param load imports the package: bundlers must see the name in the `import` itself
 * @returns `undefined` when the package is not installed
 * @throws the error of the import when the package is installed but cannot be loaded
 */
export async function optionalPackage<T>(name: string, load: () => Promise<T>): Promise<T | undefined> {
  return load().catch((error: unknown) => {
    if (isMissing(error, name)) return undefined;
    throw error;
  });
}

/** Whether an import failed because the package is not installed; false when something that the package imports is missing. */
function isMissing(error: unknown, name: string): boolean {
  // Not `instanceof`: Jest's resolver throws errors from another realm.
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  // Node, Jest and bundlers first name the missing module, and then the file that imports it.
  const [missing = ''] = String(message).split(/ (?:imported )?from /);
  return /^(ERR_)?MODULE_NOT_FOUND$/.test(String(code)) && missing.includes(name);
}
