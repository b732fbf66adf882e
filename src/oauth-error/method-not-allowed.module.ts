import { Module, Optional, type HttpServer, type NestModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { refuseOnExpress, refuseOnFastify, type ExpressApp } from './other-methods.js';

/**
 * Extends `MethodNotAllowed` to the whole application: on Express and on Fastify, every other method of a path of a decorated
 * controller is answered with 405. On other servers only OPTIONS of the controller's first path is.
 */
@Module({})
export class MethodNotAllowedModule implements NestModule, OnModuleInit {
  private refuseOthers = (): void => undefined;

  /** @internal */
  constructor(
    // Missing when Nest is installed twice: another provider reports that, with its own message.
    @Optional() private readonly host?: HttpAdapterHost,
  ) {}

  /** Runs before Nest declares the routes; `onModuleInit` runs after. */
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
