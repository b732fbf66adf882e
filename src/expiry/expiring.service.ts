import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../access/call-options.js';
import { mayDo } from '../access/principal.js';
import type { Page } from '../http/answer.js';
import type { ExpiringView } from './expiring.dto.js';
import { readExpiringQuery } from './expiring.query.js';
import { ExpiringStatements } from './expiring.statements.js';

/** Lists what ends soon: secrets of clients, API keys, and initial access tokens. */
@Injectable()
export class ExpiringService {
  constructor(private readonly statements: ExpiringStatements) {}

  /**
   * Returns a page of the secrets, API keys and initial access tokens that have not ended and end soon, in the order of their ends.
   *
   * @param query query parameters of `GET /admin/expiring`
   * @param options the caller: it gets API keys and initial access tokens only if it may list them; an actor with an owner gets that owner's
   * @throws OAuthError 400 that names an unknown or wrong parameter
   */
  async list(query: URLSearchParams, { actor }: Pick<CallOptions, 'actor'> = {}): Promise<Page> {
    const read = readExpiringQuery(query);
    const asked = { ...read, owner: actor?.owner };
    const found = await Promise.all([
      this.statements.secrets(asked),
      mayDo(actor, 'keys:write') ? this.statements.keys(asked) : [],
      mayDo(actor, 'registration-tokens:write') ? this.statements.tokens(asked) : [],
    ]);
    const all = found.flat().toSorted(byEnd);
    const shown = all.slice(0, read.size);
    const last = shown.at(-1);
    const links: Page['links'] = { first: read.page() };
    if (last && all.length > shown.length) links['next'] = read.page({ end: last.expires_at, id: last.id });
    return { json: JSON.stringify(shown), links };
  }
}

/** Compares two entries by the order of the list, which is also that of the statements: ids are compared by their bytes. */
function byEnd(one: ExpiringView, other: ExpiringView): number {
  return one.expires_at - other.expires_at || (one.id < other.id ? -1 : 1);
}
