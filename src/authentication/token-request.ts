import { assertedClientId } from './assertion/assertion-rules.js';
import { repeatedParameter, severalMethods, clientRefused, wrongMember } from './authentication-errors.js';
import { readBasic } from './basic-credentials.js';

/** The parts of a client's request to an endpoint of an authorization server that identify the client. */
export interface TokenRequest {
  /** Value of the header `Authorization`. Default none. */
  authorization?: string;
  /** The form: its text, or its parameters. Default none. */
  form?: string | URLSearchParams | Record<string, string>;
  /**
   * The certificate with which the client connected, as PEM, followed by those between it and its authority: at most 5 in all, and 64 KiB. The
   * authorization server has verified that the client has the private key. Default none.
   */
  certificate?: string;
  /** Issuer identifier of the authorization server (RFC 8414 §2). Default: the only one. */
  issuer?: string;
  /** Address of the client, by which wrong secrets are counted. Default unknown. */
  source?: string;
}

/** How a client identifies itself. */
export type Presented =
  | { by: 'secret'; method: 'client_secret_basic' | 'client_secret_post'; clientId: string; secret: string }
  | { by: 'assertion'; clientId: string | undefined; assertion: string }
  | { by: 'name'; clientId: string };

/** `client_assertion_type` of a JWT (RFC 7523 §2.2). */
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** The parameters that authenticate a client. */
const NAMES = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'] as const;
type Credentials = Partial<Record<(typeof NAMES)[number], string>>;

/** The members that must be strings; in a request that arrived as JSON they can have any type. */
const TEXTS = ['authorization', 'certificate', 'issuer', 'source'] as const satisfies (keyof TokenRequest)[];

/**
 * Checks the types of a request that came from outside.
 *
 * @throws OAuthError 400 that names the first member of a wrong type
 */
export function requireTokenRequest(request: object): asserts request is TokenRequest {
  const members = request as Record<string, unknown>;
  for (const name of TEXTS)
    if (members[name] !== undefined && typeof members[name] !== 'string') throw wrongMember(name, 'must be a string');
  const { form } = members;
  if (form === undefined || typeof form === 'string' || form instanceof URLSearchParams) return;
  const isFlat =
    typeof form === 'object' && form !== null && Object.values(form).every((value) => typeof value === 'string');
  if (!isFlat || Array.isArray(form)) throw wrongMember('form', 'must be a form as text, or an object of strings');
}

/**
 * Reads how a client identifies itself (RFC 6749 §2.3, RFC 7523 §2.2, RFC 8705 §2).
 *
 * @throws OAuthError 400 `invalid_request` for more than one method or a repeated parameter; 401 `invalid_client` for malformed or missing
 * credentials
 */
export function presentedBy({ authorization, form = '' }: TokenRequest): Presented {
  const credentials = credentialsOf(form);
  const { client_id: clientId, client_secret: secret, client_assertion: assertion } = credentials;
  const inForm = [secret, assertion].filter((value) => value !== undefined).length;
  if (inForm + (authorization === undefined ? 0 : 1) > 1) throw severalMethods();
  if (authorization !== undefined) return basic(authorization, clientId);
  if (assertion !== undefined) {
    if (credentials.client_assertion_type !== JWT_BEARER) throw clientRefused();
    return { by: 'assertion', clientId: clientId ?? assertedClientId(assertion), assertion };
  }
  if (clientId === undefined) throw clientRefused();
  if (secret !== undefined) return { by: 'secret', method: 'client_secret_post', clientId, secret };
  return { by: 'name', clientId };
}

function basic(authorization: string, named: string | undefined): Presented {
  const credentials = readBasic(authorization);
  if (!credentials) throw clientRefused(true);
  // An equal client_id in the form is not a second method.
  if (named !== undefined && named !== credentials.clientId) throw severalMethods();
  return { by: 'secret', method: 'client_secret_basic', ...credentials };
}

function credentialsOf(form: NonNullable<TokenRequest['form']>): Credentials {
  const parameters = new URLSearchParams(form);
  const found: Credentials = {};
  for (const name of NAMES) {
    const [value, ...more] = parameters.getAll(name);
    if (more.length > 0) throw repeatedParameter(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
