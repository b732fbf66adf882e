import type { INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { closing } from './closing.js';

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
export interface RunningHost extends AsyncDisposable {
  url: string;
  app: INestApplication;
  close: () => Promise<void>;
}

/** Lets an application listen on a free port of an address. */
export async function listening(app: INestApplication, address = '127.0.0.1'): Promise<RunningHost> {
  const close = () => app.close();
  try {
    await app.listen(0, address);
    return closing({ url: await app.getUrl(), app, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts an application of these modules and controllers. */
export async function startHost(
  platform: Platform,
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => void = () => undefined,
  options: NestApplicationOptions = {},
): Promise<RunningHost> {
  const module = await Test.createTestingModule(metadata).compile();
  const app = module.createNestApplication(ADAPTERS[platform](), { logger: false, ...options });
  configure(app);
  return listening(app);
}
