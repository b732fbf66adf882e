/** A name, a colon and a port, followed by the end, a path, a query or a fragment. */
const HOST_AND_PORT = /^[a-z][a-z0-9.-]*:\d{1,5}(?=$|[/?#])/i;

/**
 * Returns why `uri` seems to lack its scheme, as the end of a sentence; `undefined` when it does not. Under RFC 3986, `localhost:3000/cb` has
 * the scheme `localhost`, but no path of a private-use scheme (RFC 8252 §7.1) begins with a port.
 */
export function missingSchemeFault(uri: string): string | undefined {
  if (!HOST_AND_PORT.test(uri)) return undefined;
  return `must begin with a scheme: write http://${uri}`;
}
