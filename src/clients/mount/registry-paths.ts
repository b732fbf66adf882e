import type { INestApplication, Type } from '@nestjs/common';
import { MODULE_PATH } from '@nestjs/common/constants.js';
import { ModulesContainer, type ApplicationConfig } from '@nestjs/core';
import { pathToRegexp } from 'path-to-regexp';
import { RAW_PATHS } from './clients-mount.js';

/**
 * Returns a function that reports whether the path of a request to Express belongs to one of the application's registries. Paths are
 * compared as Express compares them: without decoding, and ignoring case.
 *
 * @param app the application; its prefix, modules and controllers are read with the first path because they are not known earlier
 */
export function ownsPath(app: INestApplication): (path: string) => boolean {
  let roots: RegExp[] | undefined;
  return (path) => {
    roots ??= rootsOf(app).map((root) => pathToRegexp(root, { end: false }).regexp);
    return roots.some((root) => root.test(path));
  };
}

/** Whether a path, with its parameters as declared, is that of a route of one of the application's registries. */
export function ownsRoute(app: INestApplication, route: string): boolean {
  return rootsOf(app).some((root) => `${route}/`.toLowerCase().startsWith(`${root}/`.toLowerCase()));
}

/** Returns the paths of all mounts as Nest declares them, with the application's prefixes. */
function rootsOf(app: INestApplication): string[] {
  // `config` is not public, but Nest's own Swagger module reads it in this way, too.
  const { config } = app as unknown as { config: ApplicationConfig };
  const container = app.get(ModulesContainer);
  const prefixes = [config.getGlobalPrefix(), ...(config.getGlobalPrefixOptions().exclude ? [''] : [])];
  return [...container.values()]
    .flatMap(({ providers, metatype }) => {
      const paths = (providers.get(RAW_PATHS)?.instance ?? []) as string[];
      return paths.map((path) => [modulePath(metatype, container.applicationId), path]);
    })
    .flatMap((parts) => prefixes.map((prefix) => [prefix, ...parts]))
    .map(
      (parts) =>
        `/${parts
          .flatMap((part) => part.split('/'))
          .filter(Boolean)
          .join('/')}`,
    );
}

/** Returns the path that the application's RouterModule gives the module of a registry. */
function modulePath(module: Type, applicationId: string): string {
  return (Reflect.getMetadata(MODULE_PATH + applicationId, module) as string | undefined) ?? '';
}
