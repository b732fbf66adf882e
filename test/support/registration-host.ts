import type { ModuleMetadata } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  ClientsModule,
  readRegistryBodiesRaw,
  RegistrationModule,
  type ClientsModuleOptions,
  type RegistrationModuleOptions,
} from '../../src/index.js';
import { dataSourceOptions } from '../../src/schema/data-source-options.js';
import type { TestDatabase } from './databases.js';
import { startHost, type Platform, type RunningHost } from './host.js';
import { request, type Answer } from './http.js';
import { use } from './use.js';

/** A host in which clients register themselves, and which has the admin API beside it. */
export interface RegistrationHost extends RunningHost {
  dataSource: DataSource;
  /** Registers a client. */
  register: (body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** Sends a request about a client with a registration access token; `''` for none. */
  manage: (method: string, id: string, token: string, body?: unknown) => Promise<Answer>;
  /** Sends a request to the admin API, below the clients. */
  admin: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** Options of its modules, and what else it has. */
type HostOptions = [
  registration?: RegistrationModuleOptions,
  clients?: Partial<ClientsModuleOptions>,
  controllers?: ModuleMetadata['controllers'],
];

/** Starts such a host on a database. A test is one source: it registers any number of clients unless `limits` says otherwise. */
export async function startRegistrationHost(
  platform: Platform,
  database: Pick<TestDatabase, 'url'>,
  ...[registration = {}, clients = {}, controllers = []]: HostOptions
): Promise<RegistrationHost> {
  const imports = [
    TypeOrmModule.forRoot({ ...dataSourceOptions(database.url, true), retryAttempts: 0 }),
    ClientsModule.forRoot({ secrets: { bcryptCost: 4 }, publicUrl: 'https://id.example.com', ...clients }),
    RegistrationModule.forRoot({ limits: { source: 0 }, ...registration }),
  ];
  const host = await startHost(platform, { imports, controllers }, readRegistryBodiesRaw);
  return Object.assign(host, {
    dataSource: host.app.get(DataSource),
    register: (body: unknown, headers: Record<string, string> = {}) =>
      request(`${host.url}/oauth2/register`, { method: 'POST', body, headers: { authorization: '', ...headers } }),
    manage: (method: string, id: string, token: string, body?: unknown) =>
      request(`${host.url}/oauth2/register/${encodeURIComponent(id)}`, {
        method,
        body,
        headers: { authorization: token && `Bearer ${token}` },
      }),
    admin: (method: string, path: string, body?: unknown) =>
      request(`${host.url}/admin/clients/${path}`, { method, body }),
  });
}

/** Such a host on a database of its own for the tests of a block. */
export function useRegistrationHost(
  { open, isFastify }: { open: () => Promise<TestDatabase>; isFastify: boolean },
  ...options: HostOptions
): RegistrationHost {
  return use(async (keep) => {
    const database = await keep(open());
    return keep(startRegistrationHost(isFastify ? 'Fastify' : 'Express', database, ...options));
  });
}

/** A client that has registered itself. */
export interface Registered {
  id: string;
  token: string;
  secret: string;
}

/** What the answer to a registration hands out. */
export function handedOut({ body }: Answer): Registered {
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '');
  return { id: text('client_id'), token: text('registration_access_token'), secret: text('client_secret') };
}
