import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule, RegistrationModule } from 'oauth2-client-registry';
import { ProviderStoreModule } from 'oauth2-client-registry/oidc-provider';
import { dataSource } from './data-source.js';

/** What clients may be that register themselves: what people can use here. What they ask for beyond it is left out. */
const SELF_REGISTERED = {
  allow: {
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    scope: ['openid', 'offline_access', 'read', 'write'],
  },
  defaults: { scope: 'openid offline_access read write' },
  replace: ['grant_types', 'scope'] as const,
};

/** The clients with their admin API, how they register themselves, and what the provider keeps beside them. */
@Module({})
export class AppModule {
  /**
   * @param url URL of the database
   * @param issuer issuer identifier of the server, for which the assertions of clients are made
   * @param allowedHosts hosts whose keys may be fetched although their addresses are not public
   */
  static on(url: string, issuer: string, allowedHosts: string[]): DynamicModule {
    const assertions = { issuers: [issuer], outbound: { allowedHosts } };
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot(dataSource(url)),
        ClientsModule.forRoot({ publicUrl: issuer, authentication: { assertions } }),
        RegistrationModule.forRoot({ policies: { default: SELF_REGISTERED } }),
        ProviderStoreModule.forRoot(),
      ],
    };
  }
}
