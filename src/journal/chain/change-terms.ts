import { createHash } from 'node:crypto';
import type { Actor } from '../../access/principal.js';
import { CHANGE_TERM_MAX_LENGTH } from '../table/change-term.entity.js';
import type { ClientChange } from '../table/client-change.entity.js';

/** Kinds of terms by which sealed changes are found. Callers cannot filter by `owner`: it limits what a principal with an owner sees. */
export type ChangeTermKind = 'client_id' | 'actor' | 'kind' | 'member' | 'owner';

/** A value of one change, by which it is found. */
export type ChangeTermPair = readonly [kind: ChangeTermKind, value: string];

/** Returns all terms by which a change is found. Empty values are left out: nobody searches for them. */
export function termsOfChange({
  clientId,
  owner,
  kinds,
  members,
  actor,
}: Omit<ClientChange, 'position'>): ChangeTermPair[] {
  const each = (kind: ChangeTermKind, list: string): ChangeTermPair[] =>
    (JSON.parse(list) as string[]).map((value) => [kind, value]);
  const { id } = JSON.parse(actor) as Actor;
  const all: ChangeTermPair[] = [
    ['client_id', clientId],
    ['owner', owner],
    ['actor', id],
    ...each('kind', kinds),
    ...each('member', members),
  ];
  return all.filter(([, value]) => value !== '').map(([kind, value]) => [kind, changeTermValue(value)]);
}

/** Returns the value as it is stored: itself, or its digest when it is too long or has a NUL, which PostgreSQL cannot store. */
export function changeTermValue(value: string): string {
  const isStorable = value.length <= CHANGE_TERM_MAX_LENGTH && !value.includes('\0');
  return isStorable ? value : `sha256:${createHash('sha256').update(value).digest('hex')}`;
}
