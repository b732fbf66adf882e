/** The part of a request of Express or Fastify that names its route. */
interface Routed {
  /** On Express. */
  route?: { path?: unknown };
  /** On Fastify. */
  routeOptions?: { url?: string };
}

/**
 * Returns the route that a request matched, as it is declared, such as `/admin/clients/:id`.
 *
 * @param request of Express or Fastify
 * @returns `undefined` when it matched none
 */
export function routeOf(request: object): string | undefined {
  const { route, routeOptions } = request as Routed;
  return routeOptions?.url ?? (typeof route?.path === 'string' ? route.path : undefined);
}
