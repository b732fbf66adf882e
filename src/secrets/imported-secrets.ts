import { Logger } from '@nestjs/common';
import { statementName, type PreparedDatabase, type Query } from '../database/sql/prepared-database.js';
import { ClientSecret } from './client-secret.entity.js';
import { isReplaceable } from './imported/imported-hash.js';

/** Replaces the stored forms of imported hashes by the registry's own once a secret is known: after a successful verification. */
export class ImportedSecrets {
  private readonly logger = new Logger(ImportedSecrets.name);
  private readonly query: Omit<Query, 'values'>;
  /** Replacements that run, by the id of the secret: several authentications of a client at the same time cost one hash. */
  private readonly running = new Map<string, Promise<void>>();

  /** @param hash makes the registry's own form of a secret */
  constructor(
    private readonly database: PreparedDatabase,
    private readonly hash: (secret: string) => Promise<string>,
  ) {
    const [own, id, imported] = [1, 2, 3].map((place) => database.dialect.parameter(place));
    const text = `UPDATE ${database.table(ClientSecret)} SET hash = ${own} WHERE id = ${id} AND hash = ${imported}`;
    this.query = { name: statementName('secret_own', text), text };
  }

  /**
   * Replaces the stored form of one secret, unless it is the registry's own, or was replaced meanwhile. This is not a change of the client:
   * it gets no new version and no row in the journal. An error is logged; the imported hash stays, and the client has authenticated.
   *
   * @param secret the row of the secret
   * @param presented what the client presented; it matches
   * @returns false when there is nothing to replace; otherwise true, even if it failed
   */
  replace({ id, hash }: Pick<ClientSecret, 'id' | 'hash'>, presented: string): Promise<boolean> {
    if (!isReplaceable(hash, presented)) return Promise.resolve(false);
    const running = this.running.get(id) ?? this.write(id, hash, presented).finally(() => this.running.delete(id));
    this.running.set(id, running);
    return running.then(() => true);
  }

  private async write(id: string, imported: string, presented: string): Promise<void> {
    try {
      await this.database.change([{ ...this.query, values: [await this.hash(presented), id, imported] }]);
    } catch {
      this.logger.warn('The imported hash of a secret could not be replaced. The client authenticates with it again.');
    }
  }
}
