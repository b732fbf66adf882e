/** The name of one of the {@link SCOPES}. */
export type Scope =
  | 'clients:read'
  | 'clients:write'
  | 'clients:delete'
  | 'clients:authenticate'
  | 'secrets:write'
  | 'journal:read'
  | 'webhooks:write'
  | 'metrics:read'
  | 'owners:all'
  | 'keys:write'
  | 'registration-tokens:write';

/** Permissions of principals, by the scope names that tokens and API keys carry (RFC 6749 §3.3), each with a sentence for people. */
export const SCOPES: Readonly<Record<Scope, string>> = {
  'clients:read': 'Read clients and what is known of their secrets.',
  'clients:write': 'Create and change clients, but neither remove them nor change the secrets of an existing one.',
  'clients:delete': 'Remove and restore clients, and list the removed ones.',
  'clients:authenticate': 'Find out whether a client is who it says, as an authorization server does.',
  'secrets:write': 'Rotate, add and revoke the secrets of clients.',
  'journal:read': 'Read the changes of all clients, and those from before a removal.',
  'webhooks:write': 'Read, make, change and remove webhooks, and send changes again.',
  'metrics:read': 'Read the metrics of the service.',
  'owners:all': 'Be bound to no owner where principals are bound to one.',
  'keys:write': 'Make, list and revoke API keys that may do no more than the caller.',
  'registration-tokens:write': 'Make, list and revoke the tokens with which clients register themselves.',
};

/** The names of all {@link SCOPES}. */
export const ALL_SCOPES = Object.keys(SCOPES) as Scope[];
