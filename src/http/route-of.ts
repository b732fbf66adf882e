/** What a request of Express or Fastify knows of the route that it came to. */
interface Routed {
  /** On Express. */
  route?: { path?: unknown };
  /** On Fastify. */
  routeOptions?: { url?: string };
}

/**
 * The route that a request came to, as it is declared, such as `/admin/clients/:id`.
 *
 * @param request of Express or Fastify
 * @returns `undefined` when it came to none
 */
export function routeOf(request: object): string | undefined {
  const { route, routeOptions } = request as Routed;
  return routeOptions?.url ?? (typeof route?.path === 'string' ? route.path : undefined);
}
