import type { IncomingMessage } from 'node:http';
import { UnsupportedMediaTypeException, type HttpServer, type INestApplication, type Type } from '@nestjs/common';
import { MODULE_PATH } from '@nestjs/common/constants.js';
import { HttpAdapterHost, ModulesContainer, type ApplicationConfig } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { pathOf } from '../../http/request-target.js';
import { BODY_LIMIT, readBytes, type Middleware } from '../../http/read-bytes.js';
import { OAuthErrorFilter } from '../../oauth-error/oauth-error.filter.js';
import { pathsOf, registriesOf } from './clients-mount.js';

/** Media type under which Fastify passes a body on as bytes; no caller sends it. */
const RAW_TYPE = 'application/x-oauth2-client-registry-raw';

/** Methods whose requests have no body. */
const READS = new Set(['GET', 'HEAD']);

/** What the two servers are told of the registry. */
interface Registry {
  /** Does a URL lead into one of the registries of the application? */
  owns: (url: string) => boolean;
  /** Answers what went wrong before a controller was reached. */
  answer: (error: unknown, response: unknown) => void;
}

/**
 * Lets the registry's routes see their bodies as they were sent, whatever parsers the application has: under each
 * Content-Type, with every digit of a number, up to 1 MiB. To be called first, before `use`, `useBodyParser` and `listen`.
 * Routes of the application are left alone, unless they stand under a path of the registry.
 *
 * @param app an application on Express or Fastify that imports `ClientsModule`, once or several times
 * @throws Error when it runs on something else, or is initialised already
 */
export function readRegistryBodiesRaw(app: INestApplication): void {
  if ((app as unknown as { isInitialized: boolean }).isInitialized)
    throw new Error('Call readRegistryBodiesRaw before the application listens or is initialised.');
  const adapter: HttpServer = app.getHttpAdapter();
  const type = adapter.getType();
  const filter = new OAuthErrorFilter(app.get(HttpAdapterHost));
  const registry: Registry = {
    owns: registryUrls(app),
    answer: (error, response) => filter.answer(error, response),
  };
  if (type === 'express') rawOnExpress(app, registry);
  else if (type === 'fastify') rawOnFastify(adapter.getInstance() as FastifyInstance, registry);
  else throw new Error(`The bodies of the registry can be read raw on Express and on Fastify, not on ${type}.`);
}

/** Built with the first question: by then prefix, modules and controllers are known. */
function registryUrls(app: INestApplication): Registry['owns'] {
  let roots: string[] | undefined;
  return (url) => {
    roots ??= rootsOf(app);
    const path = pathOf(url);
    const plain = `${decoded(path) ?? path}/`.toLowerCase();
    return roots.some((root) => plain.startsWith(root));
  };
}

/** The paths of all mounts with the application's prefixes, each with a slash behind it. */
function rootsOf(app: INestApplication): string[] {
  // As Nest's own Swagger module reads it: there is no public way.
  const { config } = app as unknown as { config: ApplicationConfig };
  const container = app.get(ModulesContainer);
  const prefixes = [config.getGlobalPrefix(), ...(config.getGlobalPrefixOptions().exclude ? [''] : [])];
  return registriesOf(container)
    .flatMap(({ mount, module }) => pathsOf(mount).map((path) => [modulePath(module, container.applicationId), path]))
    .flatMap((parts) => prefixes.map((prefix) => [prefix, ...parts]))
    .map((parts) =>
      `/${parts
        .flatMap((part) => part.split('/'))
        .filter(Boolean)
        .join('/')}/`.toLowerCase(),
    );
}

/** Where the application's RouterModule has put the module of a registry. */
function modulePath(module: Type, applicationId: string): string {
  return (Reflect.getMetadata(MODULE_PATH + applicationId, module) as string | undefined) ?? '';
}

function rawOnExpress(app: INestApplication, { owns, answer }: Registry): void {
  const middleware: Middleware = (request, response, next) => {
    const { method = '', url = '' } = request;
    // Most requests are reads of clients with ids that need no escapes.
    const isPlain = READS.has(method) && !url.includes('%');
    if (isPlain || !owns(url)) next();
    // Express would hand a broken escape to the application.
    else if (decoded(url.split('?', 1)[0] ?? '') === undefined) answer(new URIError(), response);
    else readBytes(request, response, (error) => (error ? answer(error, response) : next()));
  };
  app.use(middleware);
}

/** A path without escapes; `undefined` when one is broken. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Fastify chooses a parser by the media type alone, so the type is another one while the body is read. */
function rawOnFastify(fastify: FastifyInstance, { owns, answer }: Registry): void {
  const types = new WeakMap<IncomingMessage, string | undefined>();
  fastify.addContentTypeParser(RAW_TYPE, { bodyLimit: BODY_LIMIT }, ({ raw }, _, done) => {
    // On a route of the application the type is as unknown as any other.
    if (!types.has(raw)) return done(new UnsupportedMediaTypeException());
    // HTTP/2 has a body without saying so, and the reader looks for what HTTP/1.1 says (RFC 9113 §8.1).
    if (raw.httpVersionMajor > 1) raw.headers['transfer-encoding'] ??= 'chunked';
    readBytes(raw, undefined, (error) => done(error as Error | null, (raw as { body?: unknown }).body));
  });
  fastify.addHook('onRoute', (route) => {
    // What a controller throws is answered by Nest; here arrives only what the parser refuses.
    if (owns(route.url)) route.errorHandler = (error, _, reply) => answer(error, reply);
  });
  fastify.addHook('onRequest', (request, _, done) => {
    if (!READS.has(request.method) && owns(request.url)) {
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
