const TEXT = [5, true, ['x'], { a: 1 }];
const LIST = ['x', 5, true, { a: 1 }, [5], [null], [['x']], [{}]];
const FLAG = { good: [true], bad: ['true', 1, ['x'], {}] };
const SIGNING = {
  good: ['RS256', 'PS512', 'ES256', 'EdDSA', 'Ed25519'],
  bad: [...TEXT, 'none', 'HS256', 'rs256', 'X'],
};
const ENCRYPTING = {
  good: ['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A256KW'],
  bad: [...TEXT, 'none', 'dir', 'A128KW', 'PBES2-HS256+A128KW', 'RS256'],
};
const content = (alg: string) => ({
  good: ['A128CBC-HS256', 'A256GCM'],
  bad: [...TEXT, 'A128CBC', 'none', 'a256gcm'],
  beside: { [alg]: 'ECDH-ES' },
});
const HTTPS = {
  good: ['https://app.example.com/x?y'],
  bad: [...TEXT, 'http://app.example.com/', 'app.example.com', 'https://', 'https://a b/', 'javascript:alert(1)'],
};
const TEXTS = {
  good: [
    ['urn:example:a', 'b'],
    ['b', 'b'],
  ],
  bad: [...LIST, Array.from({ length: 1001 }, String)],
};

/** A member that a standard adds to those of the contract. The admin API leaves it out while it is unset. */
export interface StandardMember {
  /** Values that come back as they were sent. */
  good: unknown[];
  /** Values that are refused by the member's name. */
  bad: unknown[];
  /** Members that go with it. */
  beside?: object;
  /** What dynamic registration shows while it is unset. Default nothing. */
  standard?: string;
}

/** What is known of each member that a standard adds. */
export const STANDARD_MEMBERS: Record<string, StandardMember> = {
  // OpenID Connect Registration §2
  application_type: { good: ['web', 'native'], bad: [...TEXT, 'Web', 'service', 'none'], standard: 'web' },
  id_token_signed_response_alg: { good: [...SIGNING.good, 'none'], bad: [...TEXT, 'HS256', 'X'], standard: 'RS256' },
  id_token_encrypted_response_alg: ENCRYPTING,
  id_token_encrypted_response_enc: content('id_token_encrypted_response_alg'),
  userinfo_encrypted_response_alg: ENCRYPTING,
  userinfo_encrypted_response_enc: content('userinfo_encrypted_response_alg'),
  request_object_encryption_alg: ENCRYPTING,
  request_object_encryption_enc: content('request_object_encryption_alg'),
  default_max_age: { good: [0, 3600, Number.MAX_SAFE_INTEGER], bad: ['1', true, 1.5, -1, 1e30, [1], {}] },
  require_auth_time: FLAG,
  default_acr_values: TEXTS,
  initiate_login_uri: HTTPS,
  // RFC 7591 §2 and §2.3
  software_id: { good: ['4NRB1-0XZABZI9E6-5SM3R', 'n'.repeat(1024)], bad: [...TEXT, 'n'.repeat(1025)] },
  software_version: { good: ['2.1', 'n'.repeat(1024)], bad: [...TEXT, 'n'.repeat(1025)] },
  software_statement: {
    good: ['eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln', `a.${'b'.repeat(16_380)}.c`],
    bad: [...TEXT, 'a.b', 'a.b.c.d', 'a b.c.d', 'a..c', `a.${'b'.repeat(16_381)}.c`],
  },
  // RFC 8705 §3.4, RFC 9449 §5.2, RFC 9126 §6, RFC 9101 §10.5, RFC 9396 §10
  tls_client_certificate_bound_access_tokens: FLAG,
  dpop_bound_access_tokens: FLAG,
  require_pushed_authorization_requests: FLAG,
  require_signed_request_object: FLAG,
  authorization_details_types: TEXTS,
  // RFC 9701 §6
  introspection_signed_response_alg: SIGNING,
  introspection_encrypted_response_alg: ENCRYPTING,
  introspection_encrypted_response_enc: content('introspection_encrypted_response_alg'),
  // JARM §3
  authorization_signed_response_alg: SIGNING,
  authorization_encrypted_response_alg: ENCRYPTING,
  authorization_encrypted_response_enc: content('authorization_encrypted_response_alg'),
  // CIBA §4
  backchannel_token_delivery_mode: {
    good: ['poll', 'ping', 'push'],
    bad: [...TEXT, 'pull', 'Poll'],
    beside: { backchannel_client_notification_endpoint: 'https://app.example.com/ciba' },
  },
  backchannel_client_notification_endpoint: HTTPS,
  backchannel_authentication_request_signing_alg: SIGNING,
  backchannel_user_code_parameter: FLAG,
};
