import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ClientsService } from '../clients/clients.service.js';
import { RegistryModule } from '../standalone/registry.module.js';

/** The registry without a listener. */
export interface OpenRegistry {
  clients: ClientsService;
  close: () => Promise<void>;
}

/** Opens the registry of the configuration. Nothing is logged: output belongs to the command. */
export async function openRegistry(): Promise<OpenRegistry> {
  const app = await NestFactory.createApplicationContext(RegistryModule, { logger: false, abortOnError: false });
  return { clients: app.get(ClientsService, { strict: false }), close: () => app.close() };
}
