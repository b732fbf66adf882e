import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule, RegistrationModule } from 'oauth2-client-registry';
import { ProviderStoreModule } from 'oauth2-client-registry/oidc-provider';
import { dataSource } from './data-source.js';

/** What is different from one server to another. */
export interface Settings {
  /** URL of the database. */
  url: string;
  /** Issuer identifier of the server, for which the assertions of clients are made. */
  issuer: string;
  /** Hosts whose keys may be fetched although their addresses are not public. */
  allowedHosts: string[];
  /** URIs of the servers that clients which register themselves may ask tokens for (RFC 8707), such as those of MCP. */
  resources: string[];
}

/** What clients may be that register themselves: what people can use here. What they ask for beyond it is left out. */
const selfRegistered = (resources: string[]) => ({
  allow: {
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    scope: ['openid', 'offline_access', 'read', 'write'],
  },
  defaults: { scope: 'openid offline_access read write', audience: resources },
  replace: ['grant_types', 'scope'] as const,
});

/** The clients with their admin API, how they register themselves, and what the provider keeps beside them. */
@Module({})
export class AppModule {
  /** The module with its settings. */
  static on({ url, issuer, allowedHosts, resources }: Settings): DynamicModule {
    const assertions = { issuers: [issuer], outbound: { allowedHosts } };
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot(dataSource(url)),
        ClientsModule.forRoot({ publicUrl: issuer, authentication: { assertions } }),
        RegistrationModule.forRoot({ policies: { default: selfRegistered(resources) } }),
        ProviderStoreModule.forRoot(),
      ],
    };
  }
}
