import type { ApiResponseOptions } from '@nestjs/swagger';
import { LIFESPANS_SCHEMA } from '../lifespans/effective-lifespan.dto.js';
import { defaultLifespans, effectiveLifespans } from '../lifespans/effective-lifespans.js';
import { LifespanOptions } from '../lifespans/lifespan.options.js';
import { ClientMetadata } from '../metadata/client-metadata.js';
import { ClientView, FullClientView } from '../metadata/client.dto.js';
import { viaActor } from '../metadata/origin/registered-via.js';
import { Client } from '../store/client.entity.js';
import { STRICT_HANDLING } from '../../http/prefer.js';
import type { SuspensionView } from '../metadata/suspension.dto.js';
import { SUSPENSION, WEB_APPLICATION } from './examples.js';

type Headers = NonNullable<Extract<ApiResponseOptions, { headers?: unknown }>['headers']>;

const NOON = '2026-01-31T12:00:00.000Z';

/** Headers of every response that shows one client. */
const FOUND_HEADERS: Headers = {
  ETag: {
    description: 'Changes with every change of the client.',
    schema: { type: 'string', example: '"dFq3Zt0n5vLk.1.1"' },
  },
  'Cache-Control': { description: 'Always `no-store`.', schema: { type: 'string', example: 'no-store' } },
};

/** Headers of the response to a create. */
const CREATED_HEADERS: Headers = {
  Location: { description: 'Path of the client.', schema: { type: 'string', example: '/admin/clients/orders-web' } },
  ...FOUND_HEADERS,
};

/** The header with the links to other pages. */
export const LINK_HEADER: Headers = {
  Link: {
    description: 'Other pages (RFC 8288): `first`, and `next` unless this is the last one.',
    schema: { type: 'string', example: '</admin/clients?page_size=100&page_token=c2FtcGxl>; rel="first"' },
  },
};

/** Headers of a page of clients. */
const PAGE_HEADERS: Headers = {
  ...LINK_HEADER,
  'X-Total-Count': {
    description: 'Number of clients on all pages, if `include_total=true`.',
    schema: { type: 'integer', example: 42 },
  },
};

/** Adds to the answer of a request with a body the header that reports the applied preference. */
export function afterBody(answer: ApiResponseOptions & { headers?: Headers }): ApiResponseOptions {
  const applied: Headers = {
    'Preference-Applied': {
      description: 'Present if `Prefer` asked for it (RFC 7240).',
      schema: { type: 'string', example: STRICT_HANDLING },
    },
  };
  return { ...answer, headers: { ...answer.headers, ...applied } };
}

/** Returns the web application as the API shows it, suspended or not, rendered by the same code as every client. */
function shown(suspension?: SuspensionView): Record<string, unknown> {
  const client = Object.assign(new Client(), {
    id: WEB_APPLICATION.client_id,
    createdAt: NOON,
    updatedAt: NOON,
    registeredVia: JSON.stringify(viaActor({ type: 'api_key', id: '', name: '' })),
    suspended: suspension ? JSON.stringify(suspension) : null,
  });
  client.render(Object.assign(new ClientMetadata(), WEB_APPLICATION, { client_id: undefined }));
  return JSON.parse(client.document) as Record<string, unknown>;
}
const SHOWN = shown();

/** A client that was found or changed. */
export const CLIENT: ApiResponseOptions = {
  description: 'The client, without its secrets.',
  type: FullClientView,
  headers: FOUND_HEADERS,
  example: SHOWN,
};

/** A client that was suspended. */
export const SUSPENDED_CLIENT: ApiResponseOptions = {
  ...CLIENT,
  description: 'The client, which is suspended.',
  example: shown({ at: NOON, reason: SUSPENSION.reason }),
};

/** A client that was changed, with the secret that the body set. */
export const CHANGED_CLIENT: ApiResponseOptions = {
  ...CLIENT,
  description: 'The client; with its secret if the body set one.',
};

/** A client that was created. */
export const CREATED_CLIENT: ApiResponseOptions = {
  description: 'The client, with its secret.',
  type: FullClientView,
  headers: CREATED_HEADERS,
  example: {
    ...SHOWN,
    client_secret: 'oacs_…',
    registration_access_token: 'oart_…',
    registration_client_uri: 'http://127.0.0.1:4444/oauth2/register/orders-web',
  },
};

/** A client whose secret was rotated. */
export const ROTATED_CLIENT: ApiResponseOptions = {
  description: 'The client, with its new secret.',
  type: FullClientView,
  headers: FOUND_HEADERS,
  example: { ...SHOWN, client_secret: 'oacs_…' },
};

/** A page of clients. */
export const CLIENTS_PAGE: ApiResponseOptions = {
  description: 'One page of clients. With `fields`, each has only those members.',
  type: [ClientView],
  headers: PAGE_HEADERS,
  example: [SHOWN],
};

/** How long the tokens of a client live, as maps in which programs look up keys. */
export const EFFECTIVE_LIFESPANS: ApiResponseOptions = {
  description: 'The lifespans, by `grant_type` and by kind of token.',
  schema: LIFESPANS_SCHEMA,
  example: effectiveLifespans(WEB_APPLICATION, defaultLifespans(new LifespanOptions())),
};
