import http from 'node:http';
import https from 'node:https';
import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express, Response } from 'express';

type Constructor = typeof http.IncomingMessage & typeof http.ServerResponse;

/** A constructor like Node's whose instances have `prototype` from the start. */
function bornAs(prototype: object, parent: unknown): Constructor {
  const construct = parent as (this: object, ...args: unknown[]) => void;
  function Born(this: object, ...args: unknown[]): void {
    construct.apply(this, args);
  }
  Born.prototype = prototype;
  return Born as unknown as Constructor;
}

/** Headers of a request by which Express itself decides whether its answer is 304. */
const VALIDATORS = ['if-none-match', 'if-modified-since'] as const;

/** Statuses whose answers Express sends without a body. */
const BODILESS = new Set([204, 205, 304]);

/** Is it text that Express would send as it is, with no header but `Content-Length` added? */
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
 * swaps the prototypes of both for each request, which makes all later accesses slow.
 * See docs/decisions/0006-express-prototypes.md.
 */
export class PlainExpressAdapter extends ExpressAdapter {
  /** @internal */
  override initHttpServer(options: NestApplicationOptions): void {
    super.initHttpServer(options);
    this.httpServer = this.newServer(options.httpsOptions, this.requestListener());
    // `super` did this only for the server that is replaced here.
    if (options.forceCloseConnections) this['trackOpenConnections']();
  }

  /**
   * Sends text whose media type is set in one piece with its head. Express would make bytes of it, which Node writes as a piece of their
   * own; with a kilobyte that costs as much as all else that Express does. All other answers are Express's.
   *
   * @internal
   */
  override reply(response: Response, body: unknown, status?: number): unknown {
    if (!isWhole(response, body, status)) return super.reply(response, body, status);
    response.statusCode = status ?? response.statusCode;
    return response.setHeader('Content-Length', Buffer.byteLength(body)).end(body);
  }

  /**
   * A server that creates requests and responses with Express's prototypes.
   *
   * @param httpsOptions those of a server that speaks TLS. Default: it does not
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

  /** Options of the server beside those of the application. Default none. */
  protected serverOptions(): http.ServerOptions {
    return {};
  }

  /** The function that the server passes each request to: Express. A subclass can look at the request before. */
  protected requestListener(): http.RequestListener {
    return this.getInstance<Express>();
  }
}
