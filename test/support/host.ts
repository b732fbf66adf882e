import type { INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

/** The servers that hosts run on. Fastify's parameters end at 100 characters unless it is told otherwise. */
export const ADAPTERS = {
  Express: () => new ExpressAdapter(),
  Fastify: () => new FastifyAdapter({ routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true } }),
};

/** Name of a server that hosts run on. */
export type Platform = keyof typeof ADAPTERS;

/** Runs on each server. */
export const PLATFORMS = (Object.keys(ADAPTERS) as Platform[]).map((platform) => ({ platform }));

/** A host that listens. */
export interface RunningHost {
  url: string;
  app: INestApplication;
  close: () => Promise<void>;
}

/** Starts an application of these modules and controllers on a free port. */
export async function startHost(
  platform: Platform,
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => void = () => undefined,
  options: NestApplicationOptions = {},
): Promise<RunningHost> {
  const module = await Test.createTestingModule(metadata).compile();
  const app = module.createNestApplication(ADAPTERS[platform](), { logger: false, ...options });
  configure(app);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), app, close: () => app.close() };
}
