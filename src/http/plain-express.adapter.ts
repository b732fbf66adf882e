import http from 'node:http';
import https from 'node:https';
import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

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

/**
 * Nest's adapter for Express, on a server that creates requests and responses with Express's prototypes. Stock Express
 * swaps the prototypes of both for each request, which makes all later accesses slow.
 * See docs/decisions/0006-express-prototypes.md.
 */
export class PlainExpressAdapter extends ExpressAdapter {
  /** @internal */
  override initHttpServer(options: NestApplicationOptions): void {
    const express = this.getInstance<Express>();
    super.initHttpServer(options);
    const settings = {
      ...this.serverOptions(),
      IncomingMessage: bornAs(express.request, http.IncomingMessage) as typeof http.IncomingMessage,
      ServerResponse: bornAs(express.response, http.ServerResponse) as unknown as typeof http.ServerResponse,
    };
    this.httpServer = options.httpsOptions
      ? https.createServer({ ...options.httpsOptions, ...settings }, this.requestListener())
      : http.createServer(settings, this.requestListener());
    // `super` did this only for the server that is replaced here.
    if (options.forceCloseConnections) this['trackOpenConnections']();
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
