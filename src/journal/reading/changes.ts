import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../../access/call-options.js';
import { queryWith } from '../../http/query/query-parameters.js';
import { Sealer } from '../chain/sealer.js';
import { ChangePage, changesText } from './change.page.js';
import { readChangesQuery, type ChangesParameters } from './changes.query.js';
import { ChangesStatements } from './changes.statements.js';

/** Reads the changes of all clients, in the order of the journal: a change that commits late is not missed. */
@Injectable()
export class Changes {
  /** @internal */
  constructor(
    private readonly statements: ChangesStatements,
    private readonly sealer: Sealer,
  ) {}

  /**
   * Returns a page of the changes that match all filters, after sealing what is committed. A page may hold fewer changes than requested, or none,
   * and still have a next one: only the last page has no `next`.
   *
   * @param query query parameters of `GET /admin/changes`. Default: the oldest 100 changes
   * @param options the actor: one with an owner gets only changes after which the client had that owner
   * @throws OAuthError 400 that names an unknown or wrong parameter
   */
  async list(
    query: URLSearchParams | ChangesParameters = {},
    { actor }: Pick<CallOptions, 'actor'> = {},
  ): Promise<ChangePage> {
    const asked = readChangesQuery(query instanceof URLSearchParams ? query : queryWith(query), actor?.owner);
    await this.sealer.seal();
    const { changes, reached } = await this.statements.page(asked);
    const listed = changes.slice(0, asked.size);
    const last = changes.length > asked.size ? String(listed.at(-1)?.position) : reached;
    const links: ChangePage['links'] = { first: asked.page() };
    if (last !== undefined) links['next'] = asked.page(last);
    return new ChangePage(changesText(listed), links);
  }
}
