import { TextField, type TextCheck } from '../../../fields/text-fields.js';
import { OpenIdMembers } from './openid-members.js';

/** Maximum length of a `software_statement`, in characters. */
const STATEMENT_MAX_LENGTH = 16_384;

/** Checks for three parts in base64url (RFC 7515 §7.1). This does not verify the statement; whoever relies on it must. */
const statementFault: TextCheck = (text) =>
  /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text) ? undefined : 'must be a JSON Web Token in its compact form';

/** What a client says about its software (RFC 7591 §2 and §2.3). */
export class SoftwareMembers extends OpenIdMembers {
  @TextField('Identifies the software of which the client is an installation, from version to version.', {
    omitEmpty: true,
    example: '4NRB1-0XZABZI9E6-5SM3R',
  })
  software_id = '';
  @TextField('Version of that software.', { omitEmpty: true, example: '2.1.0' })
  software_version = '';
  @TextField('JSON Web Token by which somebody vouches for the software. On the admin API nobody verifies it.', {
    max: STATEMENT_MAX_LENGTH,
    check: statementFault,
    omitEmpty: true,
  })
  software_statement = '';
}
