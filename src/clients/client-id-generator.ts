import { randomUUID } from 'node:crypto';
import { fieldOf } from './metadata/client-metadata.fields.js';
import { ClientInput } from './metadata/client.dto.js';

/** Makes the client_id of clients that are created without one. */
export interface ClientIdGenerator {
  /**
   * A new id, unique, as a caller could choose it: 1 to 255 characters, neither `.` nor `..`.
   *
   * @returns what becomes the `client_id`; one that no client can have, or that is taken, makes the creation fail
   */
  generate: () => string | Promise<string>;
}

/** Injection token of the {@link ClientIdGenerator}. */
export const CLIENT_ID_GENERATOR = Symbol('ClientIdGenerator');

/** UUIDs, version 4. */
export const RANDOM_IDS: ClientIdGenerator = { generate: () => randomUUID() };

const CLIENT_ID = fieldOf(ClientInput, 'client_id');

/** @throws Error when the generator makes what no client can be called: that is nothing a caller could mend */
export async function generatedId(generator: ClientIdGenerator): Promise<string> {
  const id = await generator.generate();
  const fault = id === '' ? { detail: 'must not be empty' } : CLIENT_ID.check(id)[0];
  if (fault) throw new Error(`The client_id that the idGenerator made ${fault.detail}.`);
  return id;
}
