import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { RegistrationPolicies } from '../policy/registration-policies.js';

/** The policies that an initial access token may name, as far as this process knows them. */
@Injectable()
export class KnownPolicies {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly database: PreparedDatabase,
  ) {}

  /**
   * Returns the names of the policies of every `RegistrationModule` of the application on the same DataSource.
   *
   * @returns `undefined` without such a module: clients may register in another process
   */
  names(): string[] | undefined {
    const { dataSource } = this.database;
    const found: RegistrationPolicies[] = [];
    for (const { providers } of this.modules.values()) {
      const policies: unknown = providers.get(RegistrationPolicies)?.instance;
      const database: unknown = providers.get(PreparedDatabase)?.instance;
      const isBeside = database instanceof PreparedDatabase && database.dataSource === dataSource;
      if (isBeside && policies instanceof RegistrationPolicies) found.push(policies);
    }
    return found.length === 0 ? undefined : found.flatMap(({ all }) => all.map(({ name }) => name));
  }
}
