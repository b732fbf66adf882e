import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../../access/call-options.js';
import { queryWith } from '../../http/query/query-parameters.js';
import { RemovalOptions } from '../store/removal.options.js';
import { TombstoneListStatements } from './tombstone-list.statements.js';
import { tombstonePage, type TombstonePage } from './tombstone-page.js';
import { readTombstonesQuery, type TombstonesParameters } from './tombstones.query.js';

/** Lists the removed clients that `ClientStateService.restore` brings back. */
@Injectable()
export class Tombstones {
  /** @internal */
  constructor(
    private readonly statements: TombstoneListStatements,
    private readonly options: RemovalOptions,
  ) {}

  /**
   * Returns a page of the removed clients that can be restored, the last removed first. A page may hold fewer clients than requested, or none,
   * and still have a next page: only the last page has no `next`.
   *
   * @param query query parameters of `GET /admin/tombstones`. Default: the last 100
   * @param options the actor, and the transaction to read in; an actor with an owner gets the clients that had that owner
   * @throws OAuthError 400 naming an unknown or wrong parameter
   */
  async list(
    query: URLSearchParams | TombstonesParameters = {},
    { actor, manager }: CallOptions = {},
  ): Promise<TombstonePage> {
    const asked = readTombstonesQuery(query instanceof URLSearchParams ? query : queryWith(query), actor?.owner);
    return tombstonePage(asked, await this.statements.page(asked, manager), this.options.retention);
  }
}
