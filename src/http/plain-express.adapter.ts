import http from 'node:http';
import https from 'node:https';
import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express, Response } from 'express';

type Constructor = typeof http.IncomingMessage & typeof http.ServerResponse;

/** Returns a constructor that extends Node's, and whose instances have `prototype` from the start. */
function bornAs(prototype: object, parent: unknown): Constructor {
  const construct = parent as (this: object, ...args: unknown[]) => void;
  function Born(this: object, ...args: unknown[]): void {
    construct.apply(this, args);
  }
  Born.prototype = prototype;
  // The engine then reserves room for the properties that Node's constructors assign. Without it, responses outgrew their room and became
  // dictionaries, which cost a request a sixth of its time.
  Object.setPrototypeOf(Born, parent as object);
  return Born as unknown as Constructor;
}

/** Request headers by which Express itself decides whether to answer 304. */
const VALIDATORS = ['if-none-match', 'if-modified-since'] as const;

/** Statuses that Express sends without a body. */
const BODILESS = new Set([204, 205, 304]);

/** Whether the body is text that Express would send unchanged, adding no header but `Content-Length`. */
function isWhole(response: Response, body: unknown, status = response.statusCode): body is string {
  const { method, headers } = response.req;
  return (
    typeof body === 'string' &&
    String(response.getHeader('Content-Type')).endsWith('; charset=utf-8') &&
    method !== 'HEAD' &&
    !BODILESS.has(status) &&
    !VALIDATORS.some((name) => name in headers) &&
    !response.app.enabled('etag') &&
    !response.hasHeader('Transfer-Encoding')
  );
}

/**
 * Nest's adapter for Express, on a server that creates requests and responses with Express's prototypes. Stock Express
 * replaces the prototypes of both for each request, which slows down all later accesses.
 * See docs/decisions/0006-express-prototypes.md.
 */
export class PlainExpressAdapter extends ExpressAdapter {
  /** @internal */
  override initHttpServer(options: NestApplicationOptions): void {
    super.initHttpServer(options);
    this.httpServer = this.newServer(options.httpsOptions, this.requestListener());
    // `super` did this only for the server that was replaced above.
    if (options.forceCloseConnections) this['trackOpenConnections']();
  }

  /**
   * Sends text whose media type is set in one piece with the head of the response. Express would convert the text to bytes, which Node writes
   * separately; for a kilobyte that costs as much as everything else that Express does. All other responses are left to Express.
   *
   * @internal
   */
  override reply(response: Response, body: unknown, status?: number): unknown {
    if (!isWhole(response, body, status)) return super.reply(response, body, status);
    response.statusCode = status ?? response.statusCode;
    return response.setHeader('Content-Length', Buffer.byteLength(body)).end(body);
  }

  /**
   * Creates a server that creates requests and responses with Express's prototypes.
   *
   * @param httpsOptions options of a server that uses TLS. Default: it does not
   */
  protected newServer(
    httpsOptions: NestApplicationOptions['httpsOptions'],
    listener: http.RequestListener,
  ): http.Server | https.Server {
    const express = this.getInstance<Express>();
    const settings = {
      ...this.serverOptions(),
      IncomingMessage: bornAs(express.request, http.IncomingMessage) as typeof http.IncomingMessage,
      ServerResponse: bornAs(express.response, http.ServerResponse) as unknown as typeof http.ServerResponse,
    };
    return httpsOptions
      ? https.createServer({ ...httpsOptions, ...settings }, listener)
      : http.createServer(settings, listener);
  }

  /** Options of the server in addition to those of the application. Default none. */
  protected serverOptions(): http.ServerOptions {
    return {};
  }

  /** Returns the function that the server passes each request to: Express. A subclass can handle the request first. */
  protected requestListener(): http.RequestListener {
    return this.getInstance<Express>();
  }
}
