import 'reflect-metadata';
import { ChoiceField } from '../../../fields/text-fields.js';

/** Default of a member for content encryption while its `alg` is set (OpenID Connect Registration §2). */
export const DEFAULT_ENCRYPTION = 'A128CBC-HS256';
/** Algorithms of content encryption (RFC 7518 §5.1). */
const CONTENT_ALGORITHMS = [DEFAULT_ENCRYPTION, 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'];
const BESIDE = Symbol('member of the JWE algorithm');

/**
 * Declares a member for the content encryption of a JWE.
 *
 * @param what what is encrypted, in the plural
 * @param alg the member for the JWE algorithm; without it, a value is rejected
 */
export function EncryptionField(what: string, alg: string): PropertyDecorator {
  const description = `Content encryption of ${what}, beside \`${alg}\`; unset means \`${DEFAULT_ENCRYPTION}\`.`;
  const declare = ChoiceField(description, CONTENT_ALGORITHMS, { omitEmpty: true });
  return (target, property) => {
    Reflect.defineMetadata(BESIDE, alg, target, property);
    declare(target, property);
  };
}

/** Returns the member with the JWE algorithm that belongs to a member for content encryption; `undefined` for other members. */
export function encryptionBeside(type: abstract new () => object, member: string): string | undefined {
  return Reflect.getMetadata(BESIDE, type.prototype as object, member) as string | undefined;
}
