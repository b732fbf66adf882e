import { objectText } from '../../json/json-text.js';
import type { ClientChange } from './client-change.entity.js';

/** A change as both databases return it: a `bigint` is a number or its digits. */
export type ReadChange = Omit<ClientChange, 'seq' | 'position'> & {
  seq: string | number;
  position: string | number | null;
};

/** A change as the admin API shows it, as JSON text: the client and its numbers are as they were written. */
export function changeText(change: ReadChange): string {
  const text = (value: string | null) => JSON.stringify(value);
  return objectText([
    ['position', String(change.position)],
    ['seq', String(change.seq)],
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
    ['client', change.document],
    ['sealed_at', text(change.sealedAt)],
    ['seal', text(change.seal)],
  ]);
}
