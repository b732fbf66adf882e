import http from 'node:http';
import https from 'node:https';
import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

type Constructor = typeof http.IncomingMessage & typeof http.ServerResponse;

/** Node's constructor with another prototype: what it makes is born as `prototype`, which extends Node's own. */
function bornAs(prototype: object, parent: unknown): Constructor {
  const construct = parent as (this: object, ...args: unknown[]) => void;
  function Born(this: object, ...args: unknown[]): void {
    construct.apply(this, args);
  }
  Born.prototype = prototype;
  return Born as unknown as Constructor;
}

/**
 * Express without its tax. For each request Express swaps the prototypes of request and response, after which the engine
 * treats both as dictionaries and all that follows is slow. On this server both are born with Express's prototypes, so
 * that the swap finds nothing to do.
 */
export class PlainExpressAdapter extends ExpressAdapter {
  /** @internal */
  override initHttpServer(options: NestApplicationOptions): void {
    const express = this.getInstance<Express>();
    super.initHttpServer(options);
    const constructors = {
      IncomingMessage: bornAs(express.request, http.IncomingMessage) as typeof http.IncomingMessage,
      ServerResponse: bornAs(express.response, http.ServerResponse) as unknown as typeof http.ServerResponse,
    };
    this.httpServer = options.httpsOptions
      ? https.createServer({ ...options.httpsOptions, ...constructors }, express)
      : http.createServer(constructors, express);
    // `super` did this for the server that is replaced here.
    if (options.forceCloseConnections) this['trackOpenConnections']();
  }
}
