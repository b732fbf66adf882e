import type { ApiBodyOptions } from '@nestjs/swagger';
import { EVERYTHING } from './everything.js';

type Examples = NonNullable<Extract<ApiBodyOptions, { examples?: unknown }>['examples']>;

/** A web application: the client in the examples of all other operations. */
export const WEB_APPLICATION = {
  client_id: 'orders-web',
  client_name: 'Orders web',
  owner: 'team-orders',
  redirect_uris: ['https://app.example.com/callback'],
  post_logout_redirect_uris: ['https://app.example.com/signed-out'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: 'openid offline_access orders:read',
  audience: ['https://api.example.com/orders'],
  contacts: ['ops@example.com'],
  token_endpoint_auth_method: 'client_secret_basic',
  authorization_code_grant_access_token_lifespan: '15m',
  authorization_code_grant_id_token_lifespan: '1h',
  authorization_code_grant_refresh_token_lifespan: '720h',
  metadata: { team: 'orders', tier: 1 },
};

/** Bodies that create a client, one for each kind of application; the registry accepts each as it is. */
export const CREATE_EXAMPLES: Examples = {
  web: { summary: 'Web application', value: WEB_APPLICATION },
  service: {
    summary: 'Machine-to-machine service',
    value: {
      client_name: 'Invoice runner',
      grant_types: ['client_credentials'],
      scope: 'invoices:write',
      client_credentials_grant_access_token_lifespan: '1h30m',
    },
  },
  spa: {
    summary: 'Single-page application: public, with PKCE instead of a secret',
    value: {
      client_name: 'Orders in the browser',
      redirect_uris: ['https://spa.example.com/callback'],
      allowed_cors_origins: ['https://spa.example.com'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid orders:read',
      token_endpoint_auth_method: 'none',
      authorization_code_grant_access_token_lifespan: '5m',
    },
  },
  native: {
    summary: 'Native application: public, with a private-use scheme or a loopback redirect',
    value: {
      client_name: 'Orders for phones',
      redirect_uris: ['com.example.orders:/callback', 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
  },
  key: {
    summary: 'Service that signs with its own key (private_key_jwt)',
    value: {
      client_name: 'Ledger',
      grant_types: ['client_credentials'],
      scope: 'ledger:write',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: {
        keys: [
          {
            kty: 'EC',
            kid: 'ledger-1',
            use: 'sig',
            alg: 'ES256',
            crv: 'P-256',
            x: 'BTqalF4o9RF5hWac80RSY-pQSZrs-dl3AMHcv_zktOg',
            y: '3dD-VwyLyfHqyffsZn3FhrfIN6kqlOXrUFjVxoeivEM',
          },
        ],
      },
    },
  },
  certificate: {
    summary: 'Service that shows a certificate (tls_client_auth)',
    value: {
      client_name: 'Warehouse',
      grant_types: ['client_credentials'],
      scope: 'stock:read',
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: 'CN=warehouse,OU=Logistics,O=Example,C=DE',
    },
  },
  everything: { summary: 'Every member; it is orders-web again, so remove that client first', value: EVERYTHING },
};

/** A replacement of the web application. */
export const REPLACE_EXAMPLES: Examples = {
  web: {
    summary: 'Web application with a second redirect URI',
    value: {
      client_name: 'Orders web',
      owner: 'team-orders',
      redirect_uris: ['https://app.example.com/callback', 'https://beta.example.com/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      scope: 'openid offline_access orders:read',
    },
  },
};

/** JSON Patches (RFC 6902) that apply to the web application. */
export const PATCH_EXAMPLES: Examples = {
  rename: {
    summary: 'Another name, one more redirect URI, and a lifespan',
    value: [
      { op: 'replace', path: '/client_name', value: 'Orders' },
      { op: 'add', path: '/redirect_uris/-', value: 'https://orders.example.com/callback' },
      { op: 'replace', path: '/authorization_code_grant_access_token_lifespan', value: '10m' },
    ],
  },
};

/** JSON Merge Patches (RFC 7396) that apply to the web application. */
export const MERGE_PATCH_EXAMPLES: Examples = {
  rename: {
    summary: 'Another name and owner, and one lifespan unset',
    value: {
      client_name: 'Orders',
      owner: 'team-checkout',
      authorization_code_grant_access_token_lifespan: null,
    },
  },
};

/** Lifespans that fit every client. */
export const LIFESPAN_EXAMPLES: Examples = {
  short: {
    summary: 'Short-lived access tokens',
    value: {
      authorization_code_grant_access_token_lifespan: '10m',
      authorization_code_grant_refresh_token_lifespan: '168h',
      client_credentials_grant_access_token_lifespan: '5m',
    },
  },
};

/** Secrets that fit every client whose method uses one. */
export const SECRET_EXAMPLES: Examples = {
  generated: { summary: 'A generated secret', value: { label: 'blue deployment' } },
};

/** Ways to rotate a secret. */
export const ROTATION_EXAMPLES: Examples = {
  grace: { summary: 'The older secrets expire after a day', value: { grace: '24h' } },
};

/** A version that every client has. */
export const REVERT_EXAMPLES: Examples = {
  first: { summary: 'As the client was created', value: { version: 1 } },
};

/** Why a client is suspended. */
export const SUSPENSION = { reason: 'its secret was found in a public repository' };

/** Bodies of a request that suspends a client. */
export const SUSPENSION_EXAMPLES: Examples = {
  leaked: { summary: 'Its secret leaked', value: SUSPENSION },
};

/** Bodies of `POST /admin/clients/activity`. */
export const ACTIVITY_EXAMPLES: Examples = {
  used: { summary: 'The web application is used now', value: { uses: [{ client_id: 'orders-web' }] } },
};

/** Bodies of `POST /admin/clients/authenticate`. The form comes first: a browser asks for a password when it sees the challenge of Basic. */
export const AUTHENTICATION_EXAMPLES: Examples = {
  post: {
    summary: 'A client that sent its secret in the form',
    value: {
      form: 'grant_type=client_credentials&client_id=orders-web&client_secret=oacs_…',
      source: '203.0.113.7',
    },
  },
  basic: {
    summary: 'A client that sent its secret in the header Authorization',
    value: { authorization: 'Basic b3JkZXJzLXdlYjp3cm9uZw==', form: 'grant_type=client_credentials' },
  },
};
