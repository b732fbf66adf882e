import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer, INestApplication } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import bodyParser from 'body-parser';
import type { FastifyInstance } from 'fastify';

/** Media type under which Fastify passes a body on as bytes; no caller sends it. */
const RAW_TYPE = 'application/x-oauth2-client-registry-raw';
const BODY_LIMIT = 1024 * 1024;

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** Express: reads a body as bytes, under each Content-Type, up to 1 MiB; more is answered with 413. */
export const readBytes = bodyParser.raw({ type: () => true, limit: BODY_LIMIT }) as Middleware;

/**
 * Lets the registry's routes see their bodies as they were sent, whatever parsers the application has: under each
 * Content-Type, with every digit of a number, up to 1 MiB. To be called before `listen`. Routes of the application are left
 * alone, unless they begin with `/clients` or `/admin/clients` themselves.
 *
 * @param app an application on Express or Fastify that imports `ClientsModule`
 * @throws Error when it runs on something else
 */
export function readRegistryBodiesRaw(app: INestApplication): void {
  const adapter: HttpServer = app.getHttpAdapter();
  const type = adapter.getType();
  const isRegistry = registryUrls(app);
  if (type === 'express') rawOnExpress(app, isRegistry);
  else if (type === 'fastify') rawOnFastify(adapter.getInstance() as FastifyInstance, isRegistry);
  else throw new Error(`The bodies of the registry can be read raw on Express and on Fastify, not on ${type}.`);
}

/** Does a URL lead into the registry, under whatever global prefix the application has set by then? */
function registryUrls(app: INestApplication): (url: string) => boolean {
  // As Nest's own Swagger module reads it: there is no public way.
  const { config } = app as unknown as { config: ApplicationConfig };
  return (url) => {
    const [path = ''] = url.split('?');
    const below = path.slice(config.getGlobalPrefix().replace(/^\/?/, '/').replace(/\/$/, '').length);
    return /^\/(admin\/)?clients(\/|$)/i.test(below);
  };
}

function rawOnExpress(app: INestApplication, isRegistry: (url: string) => boolean): void {
  const middleware: Middleware = (request, response, next) =>
    isRegistry(request.url ?? '') ? readBytes(request, response, next) : next();
  app.use(middleware);
}

/** Fastify chooses a parser by the media type alone, so the type is another one while the body is read. */
function rawOnFastify(fastify: FastifyInstance, isRegistry: (url: string) => boolean): void {
  const types = new WeakMap<IncomingMessage, string | undefined>();
  fastify.addContentTypeParser(RAW_TYPE, { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_, body, done) =>
    done(null, body),
  );
  fastify.addHook('onRequest', (request, _, done) => {
    if (isRegistry(request.url)) {
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
