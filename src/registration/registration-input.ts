import { BodyClass } from '../fields/body-class.decorator.js';
import { fieldsOf } from '../fields/field.js';
import { isGiven, membersOf, readMembers } from '../fields/read-input.js';
import type { Rule } from '../fields/rule.js';
import { serverOwnedOf } from '../fields/server-owned.js';
import type { ReadOptions } from '../fields/unknown-members.js';
import { taggedFieldsOf } from '../clients/metadata/client-metadata.js';
import { ClientInput, ClientView } from '../clients/metadata/client.dto.js';
import { notChosen } from './registration-errors.js';

/** The members that a client may send. It may send back what it has read: members that the registry sets are ignored. */
@BodyClass({ ignores: () => ['client_id_issued_at', ...serverOwnedOf(ClientView).map(({ name }) => name)] })
export class RegistrationInput extends ClientInput {}

/** The validated body of a registration. */
export interface ReadRegistration {
  input: RegistrationInput;
  /** The members to which the body gives a value. */
  sent: ReadonlySet<string>;
}

/** Rejects a value for a member that only the registry chooses here. */
function leftOut(member: 'client_secret' | 'client_secret_hash'): Rule<RegistrationInput> {
  return { reads: [member], check: ({ [member]: given }) => (given === '' ? [] : [notChosen(member)]) };
}

const NO_HASH = leftOut('client_secret_hash');
const NO_SECRET = leftOut('client_secret');

/**
 * Returns the members of the body of a registration, unchecked.
 *
 * @param body as an object, or as JSON in text or bytes
 * @throws OAuthError 400 when it is not a JSON object
 */
export function registrationMembers(body: unknown): Record<string, unknown> {
  return membersOf(RegistrationInput, body);
}

/**
 * Reads and validates the members of a registration. Rules across members are checked on the client that results.
 *
 * @param members of the body, with the claims of its software statement
 * @param isNew whether the client is new: it then has no secret that it could send
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
