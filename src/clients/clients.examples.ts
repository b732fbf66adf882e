import type { ApiBodyOptions, ApiResponseOptions } from '@nestjs/swagger';

/** Request bodies that work as they stand, by the kind of application that sends them. */
export const CREATE_EXAMPLES: Extract<ApiBodyOptions, { examples?: unknown }>['examples'] = {
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
