import { ConflictException, Injectable, UnprocessableEntityException } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { ClientsService, runInTransaction } from 'oauth2-client-registry';
import { DataSource, QueryFailedError } from 'typeorm';
import { CreditAgency } from './credit-agency.js';
import { Partner } from './partner.entity.js';

/** A new partner. Its secret is shown only this once. */
export interface Onboarded {
  name: string;
  client_id: string;
  client_secret?: string;
}

@Injectable()
export class PartnersService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clients: ClientsService,
    private readonly agency: CreditAgency,
  ) {}

  /**
   * Creates a partner and its client, or neither: any error rolls both back.
   *
   * @throws ConflictException for a name that is taken
   * @throws UnprocessableEntityException for a partner without credit
   * @throws OAuthError for redirect URIs that the registry refuses
   */
  onboard(name: string, redirectUris: string[]): Promise<Onboarded> {
    return runInTransaction(this.dataSource, async (manager) => {
      const { id, client } = await this.clients.create(
        { client_name: name, owner: 'partners', grant_types: ['client_credentials'], redirect_uris: redirectUris },
        { manager },
      );
      await manager.insert(Partner, { name, clientId: id }).catch((error: unknown) => {
        throw error instanceof QueryFailedError ? new ConflictException(`There is a partner ${name} already.`) : error;
      });
      // Ask last on purpose, after both are written: a refusal rolls both back.
      if (!(await this.agency.trusts(name))) throw new UnprocessableEntityException(`${name} has no credit.`);
      return { name, client_id: id, client_secret: client.client_secret };
    });
  }

  list(): Promise<Partner[]> {
    return this.dataSource.manager.find(Partner, { order: { name: 'ASC' } });
  }
}
