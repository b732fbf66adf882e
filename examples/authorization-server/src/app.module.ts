import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from 'oauth2-client-registry';
import { ProviderStoreModule } from 'oauth2-client-registry/oidc-provider';
import { dataSource } from './data-source.js';

/** The clients with their admin API, and what the provider keeps beside them. */
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
        ProviderStoreModule.forRoot(),
      ],
    };
  }
}
