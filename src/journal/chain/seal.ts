import { createHash, createHmac } from 'node:crypto';
import type { ClientChange } from '../table/client-change.entity.js';

/** A change in its place in the chain, as both databases return it: a `bigint` is a number or its digits. */
export type PlacedChange = Omit<ClientChange, 'seq' | 'position' | 'sealedAt' | 'seal'> & {
  seq: string | number;
  position: string | number;
  sealedAt: string;
};

/** A change that is sealed. */
export type SealedChange = PlacedChange & { seal: string };

/**
 * Returns the seal of a change: SHA-256 over the seal before it and all that the row says, in hexadecimal. It fits only this row, in this place,
 * after these rows.
 *
 * @param previous seal of the change before; empty for the first
 * @param key makes it an HMAC (RFC 2104); empty for a plain digest
 */
export function sealOf(previous: string, change: PlacedChange, key: string): string {
  return digestUnder(key, previous, canonical(change));
}

/** Returns the SHA-256 of two texts, in hexadecimal; an HMAC (RFC 2104) unless the key is empty. The first text has no line end. */
export function digestUnder(key: string, first: string, second: string): string {
  const hash = key === '' ? createHash('sha256') : createHmac('sha256', key);
  return hash.update(`${first}\n${second}`).digest('hex');
}

/** Returns the row as one text: a JSON array of texts, so that the values cannot be divided differently. */
function canonical(change: PlacedChange): string {
  const { position, seq, id, clientId, tag, version, owner, at, kinds, document, secrets, actor, members } = change;
  const values = [
    position,
    seq,
    id,
    clientId,
    tag,
    version,
    owner,
    at,
    change.sealedAt,
    kinds,
    secrets,
    actor,
    members,
  ];
  return JSON.stringify([...values.map(String), document]);
}
