import type { Rule } from '../../fields/rule.js';
import { faultAt, type Fault } from '../../oauth-error/oauth-error.js';
import { ClientMetadata, METADATA_FIELDS } from './client-metadata.js';
import { certificateNameKindOf, type CertificateNameKind } from './names/certificate-name.field.js';

/** A name by which a client identifies its certificate. */
export interface CertificateName {
  kind: CertificateNameKind;
  value: string;
}

/** The members for names of certificates, each with its kind of name. */
const MEMBERS = METADATA_FIELDS.flatMap(({ name }) => {
  const kind = certificateNameKindOf(ClientMetadata, name);
  return kind === undefined ? [] : [{ kind, member: name as keyof ClientMetadata }];
});

/** Returns the names of certificates that the metadata of a client sets. */
export function certificateNamesOf(metadata: Partial<ClientMetadata>): CertificateName[] {
  return MEMBERS.flatMap(({ kind, member }) => {
    const value = metadata[member];
    return typeof value === 'string' && value !== '' ? [{ kind, value }] : [];
  });
}

/** RFC 8705 §2.1.2: exactly one name must identify the client's certificate. With other authentication methods, names have no effect. */
function certificateIsNamed(metadata: ClientMetadata): Fault[] {
  if (metadata.token_endpoint_auth_method !== 'tls_client_auth') return [];
  const members = MEMBERS.map(({ member }) => member);
  const [first, ...others] = members.filter((member) => metadata[member] !== '');
  if (first === undefined) {
    const [one = 'token_endpoint_auth_method', ...rest] = members;
    return [
      faultAt([one], `or one of ${rest.join(', ')} must be set when token_endpoint_auth_method is tls_client_auth`),
    ];
  }
  return others.map((member) => faultAt([member], `and ${first} cannot both be set: choose one`));
}

/** The rule for clients that authenticate with a certificate issued by a certification authority. */
export const CERTIFICATE_RULE: Rule<ClientMetadata> = {
  reads: ['token_endpoint_auth_method', ...MEMBERS.map(({ member }) => member)],
  check: certificateIsNamed,
};
