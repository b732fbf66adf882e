import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RegistryModule } from '../../standalone/registry.module.js';

/**
 * Opens the database that the configuration names. Nothing is logged, because standard output belongs to the command.
 *
 * @throws ConfigError, and what opening the database throws
 */
export function openDatabase(): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(RegistryModule, { logger: false, abortOnError: false });
}
