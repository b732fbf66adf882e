/**
 * Loads the package of a driver when it is needed: an application need not have both. This file is CommonJS in each build of
 * the package, because only there `require` is known; see docs/decisions/0007-two-builds.md.
 *
 * @param name of the package
 * @returns what the package exports
 * @throws Error when it is not installed
 */
export function loadDriverPackage(name: 'libsql' | 'pg'): unknown {
  return require(name);
}
