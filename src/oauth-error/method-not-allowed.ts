import { Req, RequestMapping, RequestMethod, type Type } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { OAuthError } from './oauth-error.js';

/** Names of methods by path below a controller, without leading and trailing slashes. */
export type ControllerRoutes = ReadonlyMap<string, readonly string[]>;

/** Key of {@link ControllerRoutes} in the config of the route that {@link MethodNotAllowed} declares. */
export const ROUTES = Symbol('routes of a controller');

/** Metadata key of a route's config: the key of @nestjs/platform-fastify, which passes the config to Fastify. */
export const ROUTE_CONFIG = '__fastify_route_config__';

/** A function that Express or Fastify calls with a request. */
export type ServerHandler = (this: unknown, request: object, ...more: unknown[]) => unknown;

/** The methods that the path of a request has, by request. */
const allowedFor = new WeakMap<object, readonly string[]>();

/**
 * Returns the handler of the route that {@link MethodNotAllowed} declares, for use at another path.
 *
 * @param handler the server's handler, including guards, interceptors and filters of the application
 * @param allowed the methods of the other path
 */
export function refusing(handler: ServerHandler, allowed: readonly string[]): ServerHandler {
  return function refuse(request, ...more) {
    allowedFor.set(request, allowed);
    return handler.call(this, request, ...more);
  };
}

/** Returns the routes that the decorators of a controller's own handlers declare. */
function routesOf({ prototype }: Type): ControllerRoutes {
  const routes = new Map<string, string[]>();
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype as object))) {
    const method =
      typeof value === 'function' ? (Reflect.getMetadata('method', value) as RequestMethod | undefined) : undefined;
    if (method === undefined) continue;
    const path = (Reflect.getMetadata('path', value as object) as string).replaceAll(/^\/|\/$/g, '');
    const names = method === RequestMethod.GET ? ['GET', 'HEAD'] : [RequestMethod[method] ?? ''];
    routes.set(path, [...(routes.get(path) ?? []), ...names]);
  }
  return routes;
}

/**
 * Returns the methods of a path of a controller, for another controller with a path that this path also matches.
 *
 * @param path path below the controller, as its decorators declare it
 */
export function methodsOf(controller: Type, path: string): readonly string[] {
  return routesOf(controller).get(path) ?? [];
}

/**
 * Answers 405 with `Allow` (RFC 9110 §15.5.6) to each method that a path of the controller does not have, after the guards and
 * interceptors of the application. Nest logs every route that a controller declares, so this declares only one: OPTIONS of the
 * first path, a method that no path has. `MethodNotAllowedModule` assigns its handler to the other paths and methods.
 *
 * @param elsewhere methods that another controller has at the same paths. Default none
 */
export function MethodNotAllowed(elsewhere: readonly string[] = []): ClassDecorator {
  return (target) => {
    const { prototype } = target as unknown as { prototype: object };
    const own = routesOf(target as unknown as Type);
    const routes = new Map(Array.from(own, ([path, methods]) => [path, [...methods, ...elsewhere]]));
    const [[path, allowed] = ['', []]] = routes;
    const refuse = (request: object): never => {
      throw OAuthError.methodNotAllowed(allowedFor.get(request) ?? allowed);
    };
    const name = 'refuseOtherMethods';
    const descriptor = { value: refuse, writable: true, configurable: true, enumerable: false };
    Object.defineProperty(prototype, name, descriptor);
    Req()(prototype, name, 0);
    RequestMapping({ path, method: RequestMethod.OPTIONS })(prototype, name, descriptor);
    ApiExcludeEndpoint()(prototype, name, descriptor);
    Reflect.defineMetadata(ROUTE_CONFIG, { [ROUTES]: routes }, refuse);
  };
}
