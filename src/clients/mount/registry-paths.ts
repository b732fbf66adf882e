import type { INestApplication, Type } from '@nestjs/common';
import { MODULE_PATH } from '@nestjs/common/constants.js';
import { ModulesContainer, type ApplicationConfig } from '@nestjs/core';
import { pathToRegexp } from 'path-to-regexp';
import { RAW_PATHS } from './clients-mount.js';

/**
 * Says of paths of requests to Express whether they are those of one of the application's registries. They are compared as
 * Express compares them: as they are spelled, whatever their case.
 *
 * @param app whose prefix, modules and controllers are read with the first path: only then are they known
 */
export function ownsPath(app: INestApplication): (path: string) => boolean {
  let roots: RegExp[] | undefined;
  return (path) => {
    roots ??= rootsOf(app).map((root) => pathToRegexp(root, { end: false }).regexp);
    return roots.some((root) => root.test(path));
  };
}

/** Is it the path of a route of one of the application's registries, with parameters as they are declared? */
export function ownsRoute(app: INestApplication, route: string): boolean {
  return rootsOf(app).some((root) => `${route}/`.toLowerCase().startsWith(`${root}/`.toLowerCase()));
}

/** The paths of all mounts as Nest declares them, with the application's prefixes. */
function rootsOf(app: INestApplication): string[] {
  // Not public, but Nest's own Swagger module reads it this way too.
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

/** The path that the application's RouterModule gives the module of a registry. */
function modulePath(module: Type, applicationId: string): string {
  return (Reflect.getMetadata(MODULE_PATH + applicationId, module) as string | undefined) ?? '';
}
