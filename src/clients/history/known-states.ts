import { mayDo, type Principal } from '../../access/principal.js';
import type { ChangeKind } from '../../journal/table/change-entry.js';
import type { ShownChange } from '../../journal/table/change-text.js';
import type { Moment } from '../../journal/reading/state-query.js';
import { BASELINE, secretsText } from '../../journal/table/change-values.js';
import type { CurrentClient } from '../store/client.statements.js';

/** A client that is older than the journal, as its baseline will show it: it has no row before its next change. */
export function livingState({ client, secrets }: CurrentClient): ShownChange {
  const { id: clientId, tag, version, owner, updatedAt: at, document } = client;
  const secretsKnown = { secrets: secretsText(secrets) };
  const unsealed = { position: null, sealedAt: null, seal: null };
  return { id: null, seq: 0, clientId, tag, version, owner, at, document, ...BASELINE, ...secretsKnown, ...unsealed };
}

/** The {@link livingState} of a client, if it is its state at the moment. */
export function stateAt(moment: Moment, living: CurrentClient | undefined): ShownChange | undefined {
  if (!living) return undefined;
  const { version, updatedAt } = living.client;
  const isThen = 'version' in moment ? version === moment.version : updatedAt <= moment.until;
  return isThen ? livingState(living) : undefined;
}

/** Did the change end the client? */
export function isRemoval({ kinds }: ShownChange): boolean {
  return (JSON.parse(kinds) as ChangeKind[]).includes('client.deleted');
}

/** Is the client now as the change left it? */
export function isCurrent({ tag, version }: ShownChange, { client }: CurrentClient): boolean {
  return tag === client.tag && version === client.version;
}

/** Can the text be the `tag` of a client? */
export function isTag(text: string): boolean {
  return /^[\w-]{1,16}$/.test(text);
}

/** Can the moment lie in an earlier life of the client_id, for this actor? A version is one of the current life. */
export function mayBeEarlier(moment: Moment, living: CurrentClient | undefined, actor: Principal | undefined): boolean {
  return 'until' in moment && seesEveryLife(actor) && !(living && living.client.createdAt <= moment.until);
}

/** May the actor see what became of a client_id before its current life? */
export function seesEveryLife(actor: Principal | undefined): boolean {
  return mayDo(actor, 'journal:read');
}
