import { BodyClass } from '../fields/body-class.decorator.js';
import { fieldsOf } from '../fields/field.js';
import { isGiven, membersOf, readMembers } from '../fields/read-input.js';
import type { Rule } from '../fields/rule.js';
import { serverOwnedOf } from '../fields/server-owned.js';
import type { ReadOptions } from '../fields/unknown-members.js';
import { taggedFieldsOf } from '../clients/metadata/client-metadata.js';
import { ClientInput, ClientView } from '../clients/metadata/client.dto.js';
import { notChosen } from './registration-errors.js';

/** What a client may send of itself. It may send what it has read, with the members that the registry sets. */
@BodyClass({ ignores: () => ['client_id_issued_at', ...serverOwnedOf(ClientView).map(({ name }) => name)] })
export class RegistrationInput extends ClientInput {}

/** A body of a registration. */
export interface ReadRegistration {
  input: RegistrationInput;
  /** The members that it has a value for. */
  sent: ReadonlySet<string>;
}

/** Nobody but the registry chooses a secret by this door. */
function leftOut(member: 'client_secret' | 'client_secret_hash'): Rule<RegistrationInput> {
  return { reads: [member], check: ({ [member]: given }) => (given === '' ? [] : [notChosen(member)]) };
}

const NO_HASH = leftOut('client_secret_hash');
const NO_SECRET = leftOut('client_secret');

/**
 * The members of the body of a registration, of which nothing is known yet.
 *
 * @param body as an object, or as JSON in text or bytes
 * @throws OAuthError 400 when it is not a JSON object
 */
export function registrationMembers(body: unknown): Record<string, unknown> {
  return membersOf(RegistrationInput, body);
}

/**
 * Reads the members of a registration. The rules across them are those of the client that results.
 *
 * @param members those of the body, with those of its software statement
 * @param isNew a new client has no secret yet that it could send
 * @throws OAuthError 400 with every fault
 */
export async function readRegistration(
  members: Record<string, unknown>,
  options: ReadOptions,
  isNew: boolean,
): Promise<ReadRegistration> {
  const input = await readMembers(RegistrationInput, members, isNew ? [NO_SECRET, NO_HASH] : [NO_HASH], options);
  const given = fieldsOf(RegistrationInput).filter((field) => isGiven(field, members));
  return { input, sent: new Set([...given, ...taggedFieldsOf(input)].map(({ name }) => name)) };
}
