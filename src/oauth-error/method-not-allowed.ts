import { RequestMapping, RequestMethod, type Type } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { OAuthError } from './oauth-error.js';

/**
 * The methods that routes have, and OPTIONS, which none has. HEAD goes with GET. Named one by one: Fastify has no route for
 * "all other methods".
 */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Names of methods by path, as the decorators of a controller's own handlers declare them. */
function routesOf({ prototype }: Type): Map<string, string[]> {
  const routes = new Map<string, string[]>();
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype as object))) {
    const method =
      typeof value === 'function' ? (Reflect.getMetadata('method', value) as RequestMethod | undefined) : undefined;
    if (method === undefined) continue;
    const path = Reflect.getMetadata('path', value as object) as string;
    const names = method === RequestMethod.GET ? ['GET', 'HEAD'] : [RequestMethod[method] ?? ''];
    routes.set(path, [...(routes.get(path) ?? []), ...names]);
  }
  return routes;
}

/** Answers 405 with `Allow` (RFC 9110 §15.5.6) to each method that a path of the controller does not have. */
export function MethodNotAllowed(): ClassDecorator {
  return (target) => {
    const { prototype } = target as unknown as { prototype: Record<string, unknown> };
    for (const [path, allowed] of routesOf(target as unknown as Type)) {
      for (const method of METHODS.filter((name) => !allowed.includes(name))) {
        const name = `${method} ${path} is not allowed`;
        const refuse = (): never => {
          throw OAuthError.methodNotAllowed(allowed);
        };
        const descriptor = { value: refuse, writable: true, configurable: true, enumerable: false };
        Object.defineProperty(prototype, name, descriptor);
        RequestMapping({ path, method: RequestMethod[method] })(prototype, name, descriptor);
        ApiExcludeEndpoint()(prototype, name, descriptor);
      }
    }
  };
}
