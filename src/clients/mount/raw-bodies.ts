import type { IncomingMessage } from 'node:http';
import { UnsupportedMediaTypeException, type HttpServer, type INestApplication } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { pathOf } from '../../http/request-target.js';
import { BODY_LIMIT, readBytes, type Middleware } from '../../http/read-bytes.js';
import { OAuthErrorFilter } from '../../oauth-error/oauth-error.filter.js';
import { ownsPath, ownsRoute } from './registry-paths.js';

/** Internal media type for which Fastify passes on the body as bytes. Callers do not send it. */
const RAW_TYPE = 'application/x-oauth2-client-registry-raw';

/** HTTP methods of requests without a body. */
const READS = new Set(['GET', 'HEAD']);

/** Sends the answer to an error that occurred before a controller was reached. */
type Answer = (error: unknown, response: unknown) => void;

/**
 * Passes request bodies to the routes of the registry as they were sent, whatever parsers the application uses: with any
 * Content-Type, with every digit of a number, up to 1 MiB. Call it before `use`, `useBodyParser` and `listen`. Other routes
 * of the application are not affected, unless they are below a path of the registry. See docs/decisions/0005-raw-bodies.md.
 *
 * @param app an application on Express or Fastify that imports `ClientsModule`, once or several times
 * @throws Error when the application uses another adapter, or is already initialised
 */
export function readRegistryBodiesRaw(app: INestApplication): void {
  if ((app as unknown as { isInitialized: boolean }).isInitialized)
    throw new Error('Call readRegistryBodiesRaw before the application listens or is initialised.');
  const adapter: HttpServer = app.getHttpAdapter();
  const type = adapter.getType();
  const filter = new OAuthErrorFilter(app.get(HttpAdapterHost));
  const answer: Answer = (error, response) => filter.answer(error, response);
  if (type === 'express') rawOnExpress(app, answer);
  else if (type === 'fastify') rawOnFastify(app, adapter.getInstance() as FastifyInstance, answer);
  else throw new Error(`The bodies of the registry can be read raw on Express and on Fastify, not on ${type}.`);
}

function rawOnExpress(app: INestApplication, answer: Answer): void {
  const owns = ownsPath(app);
  const middleware: Middleware = (request, response, next) => {
    const { method = '', url = '' } = request;
    // Skips checking the URL of most requests: reads of clients whose ids need no escapes.
    const isPlain = READS.has(method) && !url.includes('%');
    if (isPlain || !owns(pathOf(url))) next();
    // Answer here: Express would pass the error of a broken escape to the application.
    else if (decoded(url.split('?', 1)[0] ?? '') === undefined) answer(new URIError(), response);
    else readBytes(request, response, (error) => (error ? answer(error, response) : next()));
  };
  app.use(middleware);
}

/** Decodes the escapes of a path; returns `undefined` when one is malformed. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Fastify chooses a parser by the media type alone, so the request gets {@link RAW_TYPE} while its body is read. */
function rawOnFastify(app: INestApplication, fastify: FastifyInstance, answer: Answer): void {
  const routes = new Set<string | undefined>();
  const types = new WeakMap<IncomingMessage, string | undefined>();
  fastify.addContentTypeParser(RAW_TYPE, { bodyLimit: BODY_LIMIT }, ({ raw }, _, done) => {
    // No other route of the application accepts this type.
    if (!types.has(raw)) return done(new UnsupportedMediaTypeException());
    // HTTP/2 sends bodies without the header by which the reader recognises one (RFC 9113 §8.1).
    if (raw.httpVersionMajor > 1) raw.headers['transfer-encoding'] ??= 'chunked';
    readBytes(raw, undefined, (error) => done(error as Error | null, (raw as { body?: unknown }).body));
  });
  fastify.addHook('onRoute', (route) => {
    if (!ownsRoute(app, route.url)) return;
    routes.add(route.url);
    // Nest handles what a controller throws; only errors of the parser arrive here.
    route.errorHandler = (error, _, reply) => answer(error, reply);
  });
  fastify.addHook('onRequest', (request, _, done) => {
    if (!READS.has(request.method) && routes.has(request.routeOptions.url)) {
      types.set(request.raw, request.headers['content-type']);
      request.headers['content-type'] = RAW_TYPE;
    }
    done();
  });
  fastify.addHook('preValidation', (request, _, done) => {
    if (types.has(request.raw)) request.headers['content-type'] = types.get(request.raw);
    done();
  });
}
