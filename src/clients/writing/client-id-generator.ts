import { randomUUID } from 'node:crypto';
import { fieldOf } from '../../fields/field.js';
import { ClientInput } from '../metadata/client.dto.js';

/** Generates the `client_id` of clients that are created without one. */
export interface ClientIdGenerator {
  /**
   * Generates a new, unique id that a caller could also choose: 1 to 255 characters, neither `.` nor `..`.
   *
   * @returns the `client_id`; the creation fails when the id is invalid or taken
   */
  generate: () => string | Promise<string>;
}

/** Injection token of the {@link ClientIdGenerator}. */
export const CLIENT_ID_GENERATOR = Symbol('ClientIdGenerator');

/** Generates UUIDs, version 4. */
export const RANDOM_IDS: ClientIdGenerator = { generate: () => randomUUID() };

const CLIENT_ID = fieldOf(ClientInput, 'client_id');

/** @throws Error when the generated id is invalid; not an OAuthError, since a caller cannot correct that */
export async function generatedId(generator: ClientIdGenerator): Promise<string> {
  const id = await generator.generate();
  const fault = id === '' ? { detail: 'must not be empty' } : CLIENT_ID.check(id)[0];
  if (fault) throw new Error(`The client_id that the idGenerator returned ${fault.detail}.`);
  return id;
}
