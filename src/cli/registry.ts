import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ClientsService } from '../clients/clients.service.js';
import { RegistryModule } from '../standalone/registry.module.js';

/** The registry without a listener. */
export interface OpenRegistry {
  /** Creates, finds, changes and removes clients. */
  clients: ClientsService;
  /** Closes the database. */
  close: () => Promise<void>;
}

/** Opens the registry that the configuration names. Nothing is logged, because standard output belongs to the command. */
export async function openRegistry(): Promise<OpenRegistry> {
  const app = await NestFactory.createApplicationContext(RegistryModule, { logger: false, abortOnError: false });
  return { clients: app.get(ClientsService, { strict: false }), close: () => app.close() };
}
