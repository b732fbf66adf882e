import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, RouteHandlerMethod, RouteOptions } from 'fastify';
import { refusing, ROUTE_CONFIG, ROUTES, type ControllerRoutes, type ServerHandler } from './method-not-allowed.js';

/** Config of a route, as its decorators declare it. */
type RouteConfig = { [ROUTES]?: ControllerRoutes } | undefined;

/** The used part of a route of Express: its path, and the handlers of its methods. */
interface ExpressRoute {
  path: unknown;
  stack: { handle: ServerHandler }[];
  all: (handler: ServerHandler) => unknown;
}

/** The used part of an Express application. */
export interface ExpressApp {
  router: { stack: { route?: ExpressRoute }[] };
}

/** Returns the controller's routes from the config of a Fastify route; `undefined` for a route of no decorated controller. */
function routesIn({ config }: { config?: unknown }): ControllerRoutes | undefined {
  return (config as RouteConfig)?.[ROUTES];
}

/** Returns the full paths of a controller on the server with their methods, given the full path of its first route. */
function served(first: string, routes: ControllerRoutes): [string, readonly string[]][] {
  const [below = ''] = routes.keys();
  const base = first.slice(0, first.length - below.length).replace(/\/$/, '');
  return [...routes].map(([path, allowed]) => [path ? `${base}/${path}` : base || '/', allowed]);
}

/**
 * Rejects, on Express, all methods that the paths of decorated controllers do not have. Each rejection is attached to the last
 * route of its path, so that no later route of the application precedes it.
 *
 * @param app the application, after Nest has declared its routes
 */
export function refuseOnExpress({ router: { stack } }: ExpressApp): void {
  const routes = stack.flatMap(({ route }) => route ?? []);
  for (const { path: first, stack: handlers } of routes) {
    const handler = handlers[0]?.handle;
    const config = handler && (Reflect.getMetadata(ROUTE_CONFIG, handler) as RouteConfig);
    if (!handler || !config?.[ROUTES]) continue;
    for (const [path, allowed] of served(String(first), config[ROUTES]))
      routes.findLast((route) => route.path === path)?.all(refusingOthers(handler, allowed));
  }
}

/** Rejects methods that another path does not have. Passes allowed methods on to the routes that follow. */
function refusingOthers(handler: ServerHandler, allowed: readonly string[]): ServerHandler {
  const refuse = refusing(handler, allowed);
  return function pass(request, ...more) {
    const [, next] = more as [unknown, () => void];
    return allowed.includes((request as IncomingMessage).method ?? '') ? next() : refuse.call(this, request, ...more);
  };
}

/** Calls the handler unless a parameter is empty, which Fastify allows: then the path is not found, as on Express and for Nest's own routes. */
function ofFullPaths(handler: ServerHandler): RouteHandlerMethod {
  return function refuse(request, reply) {
    const isFull = !Object.values(request.params as Record<string, string>).includes('');
    return isFull ? handler.call(this, request, reply) : reply.callNotFound();
  };
}

/**
 * As {@link refuseOnExpress}, on Fastify.
 *
 * @param fastify the application, before Nest declares its routes
 * @returns a function to call after Nest has declared them
 */
export function refuseOnFastify(fastify: FastifyInstance): () => void {
  const declared: RouteOptions[] = [];
  fastify.addHook('onRoute', (route) => {
    if (routesIn(route)) declared.push(route);
  });
  return () => {
    for (const route of declared)
      for (const [url, allowed] of served(route.url, routesIn(route) ?? new Map())) {
        const method = fastify.supportedMethods.filter(
          (name) => !allowed.includes(name) && !fastify.hasRoute({ url, method: name }),
        );
        if (method.length < fastify.supportedMethods.length)
          fastify.route({ url, method, handler: ofFullPaths(refusing(route.handler as ServerHandler, allowed)) });
      }
  };
}
