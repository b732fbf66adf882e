import { mayDo, type Principal } from '../../access/principal.js';
import type { ChangeKind } from '../../journal/table/change-entry.js';
import type { ShownChange } from '../../journal/table/change-text.js';
import type { Moment } from '../../journal/reading/state-query.js';
import { BASELINE, secretsText } from '../../journal/table/change-values.js';
import type { CurrentClient } from '../store/client.statements.js';

/** Returns a client that is older than the journal as its baseline will show it: it gets its first row with its next change. */
export function livingState({ client, secrets }: CurrentClient): ShownChange {
  const { id: clientId, tag, version, owner, updatedAt: at, document } = client;
  const secretsKnown = { secrets: secretsText(secrets) };
  const unsealed = { position: null, sealedAt: null, seal: null };
  return { id: null, seq: 0, clientId, tag, version, owner, at, document, ...BASELINE, ...secretsKnown, ...unsealed };
}

/** Returns the {@link livingState} of a client if it was already in that state at `moment`. */
export function stateAt(moment: Moment, living: CurrentClient | undefined): ShownChange | undefined {
  if (!living) return undefined;
  const { version, updatedAt } = living.client;
  const isThen = 'version' in moment ? version === moment.version : updatedAt <= moment.until;
  return isThen ? livingState(living) : undefined;
}

/** Whether the change removed the client. */
export function isRemoval({ kinds }: ShownChange): boolean {
  return (JSON.parse(kinds) as ChangeKind[]).includes('client.deleted');
}

/** Whether the client is still in the state in which the change left it. */
export function isCurrent({ tag, version }: ShownChange, { client }: CurrentClient): boolean {
  return tag === client.tag && version === client.version;
}

/** Whether the text can be the `tag` of a client. */
export function isTag(text: string): boolean {
  return /^[\w-]{1,16}$/.test(text);
}

/** Whether the moment can lie in an earlier life of the client_id that the actor may see. A version always means the current life. */
export function mayBeEarlier(moment: Moment, living: CurrentClient | undefined, actor: Principal | undefined): boolean {
  return 'until' in moment && seesEveryLife(actor) && !(living && living.client.createdAt <= moment.until);
}

/** Whether the actor may see the lives of a client_id before the current one. */
export function seesEveryLife(actor: Principal | undefined): boolean {
  return mayDo(actor, 'journal:read');
}
