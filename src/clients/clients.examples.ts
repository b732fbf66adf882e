import type { ApiBodyOptions, ApiResponseOptions } from '@nestjs/swagger';

type Examples = NonNullable<Extract<ApiBodyOptions, { examples?: unknown }>['examples']>;

/** Request bodies that work as they stand, by the kind of application that sends them. */
export const CREATE_EXAMPLES: Examples = {
  web: {
    summary: 'Web application',
    value: {
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
    },
  },
  service: {
    summary: 'Machine-to-machine service',
    value: {
      client_name: 'Invoice runner',
      grant_types: ['client_credentials'],
      scope: 'invoices:write',
      client_credentials_grant_access_token_lifespan: '1h30m',
    },
  },
  native: {
    summary: 'Native application, without a secret',
    value: {
      client_name: 'Orders for phones',
      redirect_uris: ['com.example.orders:/callback', 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
  },
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
    summary: 'Another name, one redirect URI more, one lifespan',
    value: [
      { op: 'replace', path: '/client_name', value: 'Orders' },
      { op: 'add', path: '/redirect_uris/-', value: 'https://orders.example.com/callback' },
      { op: 'replace', path: '/authorization_code_grant_access_token_lifespan', value: '10m' },
    ],
  },
};

/** JSON Merge Patches (RFC 7396) that apply to it. */
export const MERGE_PATCH_EXAMPLES: Examples = {
  rename: {
    summary: 'Another name and owner, one lifespan unset',
    value: {
      client_name: 'Orders',
      owner: 'team-checkout',
      authorization_code_grant_access_token_lifespan: null,
    },
  },
};

/** Lifespans that any client can be given. */
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

/** Secrets that any client with secrets can be given. */
export const SECRET_EXAMPLES: Examples = {
  generated: { summary: 'A generated secret', value: { label: 'blue deployment' } },
};

/** Ways to rotate a secret. */
export const ROTATION_EXAMPLES: Examples = {
  grace: { summary: 'The older secrets end after a day', value: { grace: '24h' } },
};

type Headers = NonNullable<Extract<ApiResponseOptions, { headers?: unknown }>['headers']>;

/** Headers of every answer that shows one client. */
export const FOUND_HEADERS: Headers = {
  ETag: {
    description: 'Changes with every change of the client.',
    schema: { type: 'string', example: '"dFq3Zt0n5vLk.1.1"' },
  },
  'Cache-Control': { description: 'Always `no-store`.', schema: { type: 'string', example: 'no-store' } },
};

/** Headers of the answer to a create. */
export const CREATED_HEADERS: Headers = {
  Location: { description: 'Where the client is.', schema: { type: 'string', example: '/admin/clients/orders-web' } },
  ...FOUND_HEADERS,
};

/** Headers of a page of a list. */
export const PAGE_HEADERS: Headers = {
  Link: {
    description: 'The pages beside this one (RFC 8288): `first`, and `next` while there is one.',
    schema: { type: 'string', example: '</admin/clients?page_size=100&page_token=c2FtcGxl>; rel="first"' },
  },
  'X-Total-Count': {
    description: 'Clients on all pages, when `include_total=true`.',
    schema: { type: 'integer', example: 42 },
  },
};
