import type { RequestListener } from 'node:http';
import type { NestApplicationOptions } from '@nestjs/common';
import express from 'express';
import { PlainExpressAdapter } from '../../http/plain-express.adapter.js';
import { METHODS } from '../../oauth-error/method-not-allowed.js';
import { answerBrokenRequests } from './broken-requests.js';
import { Connections } from './connections.js';

const KNOWN = new Set<string | undefined>([...METHODS, 'HEAD']);

/** The server of the standalone service. Paths are case-sensitive: a gateway compares them letter by letter. */
export class ServiceAdapter extends PlainExpressAdapter {
  constructor() {
    super(express().enable('case sensitive routing'));
  }

  /** @internal */
  override initHttpServer(options: NestApplicationOptions): void {
    super.initHttpServer(options);
    answerBrokenRequests(this.httpServer, new Connections(this.httpServer));
  }

  protected override requestListener(): RequestListener {
    const next = super.requestListener();
    return (request, response) => {
      // No path has such a method, so each answers it as it answers OPTIONS: with 405 and the methods that it has.
      if (!KNOWN.has(request.method)) request.method = 'OPTIONS';
      next(request, response);
    };
  }
}
