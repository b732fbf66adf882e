import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { NestApplicationOptions } from '@nestjs/common';
import express from 'express';
import { endedRequest, type EndedRequest } from '../../clients/mount/request-line.js';
import { PlainExpressAdapter } from '../../http/plain-express.adapter.js';
import { announcesTooMuch } from '../../http/read-bytes.js';
import type { Config } from '../config/config.js';
import type { PinoLogger } from '../observability/pino-logger.js';
import { namersAmong, RequestLog } from '../observability/request-log.js';
import { answerBrokenRequests } from './broken-requests.js';
import { Connections } from './connections.js';
import { noteDropped } from './dropped-connections.js';
import { ADMIN_TLS, ListenerCertificate } from './listener-certificate.js';
import { mountAt, publicPaths } from './public-path.js';
import { tracedRequests } from './request-spans.js';

/** Longest interval between two checks by Node for slow requests, in milliseconds. */
const MOST_BETWEEN_CHECKS = 30_000;

/** When the head of the request arrived, by `performance.now()`. */
const BEGUN = Symbol('begun');

/** The server beside the admin listener at which a request arrived. A `WeakMap` of all requests would burden each garbage collection. */
const CAME_TO = Symbol('came to');

interface Received extends IncomingMessage {
  [CAME_TO]?: Server;
}

/** A response whose end is reported to observers. */
type Noted = ServerResponse & { [BEGUN]?: number };

/** The settings that each server of the service has of its own. */
export interface Door {
  /** Its certificate; `undefined` when it speaks plain HTTP. */
  certificate: ListenerCertificate | undefined;
  /** Addresses and ranges of the proxies whose `X-Request-Id` is kept. */
  proxies: readonly string[];
  /** Finds the prefix that a proxy cut off the path of a request. */
  prefixOf: (request: IncomingMessage) => string;
}

/** A request of this service whose answer or connection has ended. */
export type EndedHttpRequest = EndedRequest<IncomingMessage, ServerResponse>;

/** Receives each request whose answer or connection has ended. */
export interface RequestObserver {
  ended(ended: EndedHttpRequest): void;

  /** Called for a request that Node rejected before any handler ran. Default: does nothing */
  refused?(status: number): void;

  /** Called for a connection that was closed on arrival, since too many were open. Default: does nothing */
  dropped?(): void;
}

/** The server of the standalone service. Paths are case-sensitive: a gateway compares them letter by letter. */
export class ServiceAdapter extends PlainExpressAdapter {
  private connections?: Connections;

  /** Servers beside the admin listener, with their connections. */
  private readonly others = new Map<Server, Connections>();

  private readonly observers: RequestObserver[] = [];

  private readonly tell = telling(this.observers);

  /** The settings of the admin listener. */
  readonly admin: Door;

  private readonly requests: RequestLog;

  /**
   * @param logger writes a line about each request. Default: no lines are written
   * @throws ConfigError when the files of TLS cannot be used
   */
  constructor(
    private readonly config: Config,
    logger?: PinoLogger,
  ) {
    super(express().enable('case sensitive routing'));
    this.requests = new RequestLog(logger);
    if (logger?.writes('error')) this.observe(this.requests);
    this.admin = {
      certificate: ListenerCertificate.of(config, ADMIN_TLS),
      proxies: config.ADMIN_TRUSTED_PROXIES,
      prefixOf: publicPaths(config),
    };
  }

  /** @internal */
  override initHttpServer(options: NestApplicationOptions): void {
    super.initHttpServer({ ...options, httpsOptions: this.admin.certificate?.options });
    this.connections = this.setUp(this.httpServer, this.admin);
  }

  /**
   * Returns a server with the routes and the timeouts of the admin listener, which ends with that listener. It does not listen yet.
   *
   * @param door its own settings. Default: those of the admin listener
   */
  newOther(door: Door = this.admin): Server {
    const answer = this.answeringAt(door);
    const server = this.newServer(door.certificate?.options, (request: Received, response) => {
      request[CAME_TO] = server;
      if (connections.accepts(request, response)) answer(request, response);
    });
    const connections = this.setUp(server, door);
    this.others.set(server, connections);
    return server;
  }

  /** Returns the server beside the admin listener at which a request arrived; `undefined` when it arrived at the admin listener. */
  otherOf(request: Received): Server | undefined {
    return request[CAME_TO];
  }

  private setUp(server: Server, { certificate }: Door): Connections {
    const { ADMIN_REQUEST_TIMEOUT, DATABASE_CONNECT_TIMEOUT, DATABASE_STATEMENT_TIMEOUT } = this.config;
    server.keepAliveTimeout = this.config.ADMIN_KEEP_ALIVE_TIMEOUT;
    server.headersTimeout = this.config.ADMIN_HEADERS_TIMEOUT;
    server.requestTimeout = ADMIN_REQUEST_TIMEOUT;
    // Ends the connection of a caller that does not read its answer, but not one whose answer waits for the database.
    server.timeout = ADMIN_REQUEST_TIMEOUT + DATABASE_CONNECT_TIMEOUT + DATABASE_STATEMENT_TIMEOUT;
    server.maxConnections = this.config.ADMIN_MAX_CONNECTIONS;
    const connections = new Connections(server);
    if (server instanceof SecureServer) certificate?.renewFor(server, () => connections.endCertified());
    // A caller that sends `Expect: 100-continue` is not told to continue with a body that will be rejected.
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (!announcesTooMuch(request)) response.writeContinue();
      server.emit('request', request, response);
    });
    answerBrokenRequests(server, connections, this.refused);
    noteDropped(server, () => {
      for (const observer of this.observers) observer.dropped?.();
    });
    return connections;
  }

  /** Tells an observer of all requests from now on. */
  observe(observer: RequestObserver): void {
    this.observers.push(observer);
  }

  /**
   * Ends all connections, after every accepted request has been answered.
   *
   * @param timeout milliseconds after which connections that have not ended are cut
   */
  async endConnections(timeout: number): Promise<void> {
    const all = [...(this.connections ? [this.connections] : []), ...this.others.values()];
    await Promise.all(all.map((connections) => connections.end(timeout)));
  }

  /** @internal */
  override async close(): Promise<undefined> {
    for (const server of this.others.keys()) {
      server.close();
      server.closeAllConnections();
    }
    await super.close();
  }

  /**
   * Lets a request without Host reach the admission, which answers it in the envelope of all errors. Node checks for requests that arrive too
   * slowly at least as often as their shortest timeout requires.
   */
  protected override serverOptions(): ServerOptions {
    const connectionsCheckingInterval = Math.min(MOST_BETWEEN_CHECKS, this.config.ADMIN_HEADERS_TIMEOUT);
    return { requireHostHeader: false, connectionsCheckingInterval };
  }

  protected override requestListener(): RequestListener {
    const answer = this.answeringAt(this.admin);
    return (request, response) => {
      if (this.connections?.accepts(request, response)) answer(request, response);
    };
  }

  private answeringAt({ proxies, prefixOf }: Door): RequestListener {
    const next = tracedRequests(super.requestListener());
    const mayName = namersAmong(proxies);
    return (request, response) => {
      this.requests.name(request, response, mayName);
      if (this.observers.length > 0) this.note(response);
      const prefix = prefixOf(request);
      if (prefix) mountAt(prefix, request);
      next(request, response);
    };
  }

  private readonly refused = (status: number, bytes: number): string => {
    for (const observer of this.observers) observer.refused?.(status);
    return this.requests.nameRefused(status, bytes);
  };

  private note(response: Noted): void {
    response[BEGUN] = performance.now();
    response.on('close', this.tell);
  }
}

/** Returns the listener that tells all observers. All responses share it: one for each would cost a request more than the observers do. */
function telling(observers: readonly RequestObserver[]): (this: Noted) => void {
  return function (this: Noted) {
    const { req, [BEGUN]: begun = performance.now() } = this;
    const ended = endedRequest(req, this, begun);
    for (const observer of observers) observer.ended(ended);
  };
}
