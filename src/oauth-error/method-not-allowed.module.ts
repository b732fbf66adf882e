import { Module, Optional, type HttpServer, type NestModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { refuseOnExpress, refuseOnFastify, type ExpressApp } from './other-methods.js';

/**
 * Completes what `MethodNotAllowed` declares, in the whole application: on Express and on Fastify, every other method of a path
 * of a decorated controller is 405. On other servers only OPTIONS of its first path is.
 */
@Module({})
export class MethodNotAllowedModule implements NestModule, OnModuleInit {
  private refuseOthers = (): void => undefined;

  /** @internal */
  constructor(
    // With a second copy of Nest, whose sentence another provider has, it is not there.
    @Optional() private readonly host?: HttpAdapterHost,
  ) {}

  /** Runs before Nest declares the routes; `onModuleInit` after. */
  configure(): void {
    const httpAdapter: HttpServer | undefined = this.host?.httpAdapter;
    if (!httpAdapter) return;
    const server: unknown = httpAdapter.getInstance();
    const type = httpAdapter.getType();
    if (type === 'fastify') this.refuseOthers = refuseOnFastify(server as FastifyInstance);
    else if (type === 'express') this.refuseOthers = () => refuseOnExpress(server as ExpressApp);
  }

  /** @internal */
  onModuleInit(): void {
    this.refuseOthers();
  }
}
