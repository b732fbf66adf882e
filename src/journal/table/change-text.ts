import { objectText } from '../../json/json-text.js';
import type { ClientChange } from './client-change.entity.js';

/** A change as both databases return it: a `bigint` is a number or its digits. */
export type ReadChange = Omit<ClientChange, 'seq' | 'position'> & {
  seq: string | number;
  position: string | number | null;
};

/** A change without the client after it. */
export type ChangeHead = Omit<ReadChange, 'document' | 'id'> & {
  /** `null` for the state of a client that has no row yet. */
  id: string | null;
};

/** A change with the client after it. */
export type ShownChange = ChangeHead & Pick<ReadChange, 'document'>;

/** Returns the members of a change as the admin API shows them, without the client, as JSON text. Its lists are copied as they are stored. */
export function changeMembers(change: ChangeHead): [name: string, text: string][] {
  const text = (value: string | null) => JSON.stringify(value);
  return [
    ['position', String(change.position)],
    ['id', text(change.id)],
    ['client_id', text(change.clientId)],
    ['tag', text(change.tag)],
    ['version', String(change.version)],
    ['owner', text(change.owner)],
    ['at', text(change.at)],
    ['kinds', change.kinds],
    ['members', change.members],
    ['actor', change.actor],
    ['secrets', change.secrets],
    ['sealed_at', text(change.sealedAt)],
    ['seal', text(change.seal)],
  ];
}

/** Returns a change with all that its seal covers, as JSON text. */
export function changeText(change: ReadChange): string {
  return objectText([...changeMembers(change), ['seq', String(change.seq)], ['client', change.document]]);
}
