import 'reflect-metadata';
import { ChoiceField } from '../../../fields/text-fields.js';

/** What a member for content encryption means where it is unset beside its `alg` (OpenID Connect Registration §2). */
export const DEFAULT_ENCRYPTION = 'A128CBC-HS256';
/** Algorithms of content encryption (RFC 7518 §5.1). */
const CONTENT_ALGORITHMS = [DEFAULT_ENCRYPTION, 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'];
const BESIDE = Symbol('member of the JWE algorithm');

/**
 * Declares a member for the content encryption of a JWE.
 *
 * @param what what is encrypted, in the plural
 * @param alg the member for its JWE algorithm, without which it is refused
 */
export function EncryptionField(what: string, alg: string): PropertyDecorator {
  const description = `Content encryption of ${what}, beside \`${alg}\`; unset means \`${DEFAULT_ENCRYPTION}\`.`;
  const declare = ChoiceField(description, CONTENT_ALGORITHMS, { omitEmpty: true });
  return (target, property) => {
    Reflect.defineMetadata(BESIDE, alg, target, property);
    declare(target, property);
  };
}

/** The member beside which a member for content encryption stands; `undefined` for other members. */
export function encryptionBeside(type: abstract new () => object, member: string): string | undefined {
  return Reflect.getMetadata(BESIDE, type.prototype as object, member) as string | undefined;
}
