import type { RequestHandler } from 'express';

/** Paths that a browser may show as a page: the root, Swagger UI with its files, and the OpenAPI document. */
const PAGE = /^\/(?:$|\?|docs|openapi\.)/;

/**
 * Returns the Content-Security-Policy: what a page may load, which origins it may call and who may frame it. Scripts come from the service's
 * own files only. Styles need `unsafe-inline`: the template of `@nestjs/swagger` and Swagger UI have `style` elements and attributes. The icons
 * of Swagger UI are `data:` URLs.
 */
function policyFor(asked: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...asked].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Gives all answers on the paths of pages their security headers: pages, their files, redirects and errors.
 *
 * @param handler what runs next; a middleware of its own would cost time in every request
 * @param asked other origins that Swagger UI calls
 */
export function withPageHeaders(handler: RequestHandler, asked: readonly string[]): RequestHandler {
  const headers = {
    'Content-Security-Policy': policyFor(asked),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
  return (request, response, next) => {
    if (PAGE.test(request.url)) response.set(headers);
    return handler(request, response, next);
  };
}
