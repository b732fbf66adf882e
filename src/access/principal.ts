import type { Scope } from './scopes.js';

/** A caller, and what it may do. */
export interface Principal {
  /** How it was identified: `anonymous` where no credentials are required, `host` where the application around the registry let it in. */
  type: 'api_key' | 'jwt' | 'mtls' | 'anonymous' | 'host' | 'cli' | 'registration' | 'import' | 'system';
  /** Identifier, unique within its type. */
  id: string;
  /** Name that people read. */
  name: string;
  /** Its permissions. Default all. */
  scopes?: readonly Scope[];
  /** The only owner whose clients it sees and changes. Default none: it sees and changes the clients of all owners. */
  owner?: string;
  /** When the API key that identified it expires, in seconds since the epoch; 0 = never. Default never. */
  expiresAt?: number;
}

/** A principal, and where its request came from. */
export interface Actor extends Principal {
  /** IP address of the peer. */
  address?: string;
  /** Value of `X-Request-Id` in the response. */
  requestId?: string;
}

/** Whether the actor has the permission of a scope. In-process calls that name no actor may do everything. */
export function mayDo(actor: Principal | undefined, scope: Scope): boolean {
  return actor?.scopes === undefined || actor.scopes.includes(scope);
}

/** Whether the actor may see and change what belongs to this owner. */
export function maySee(actor: Principal | undefined, owner: string): boolean {
  return actor?.owner === undefined || actor.owner === owner;
}
