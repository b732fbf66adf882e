import type { Scope } from './scopes.js';

/** Who asks, and what they may do. */
export interface Principal {
  /** How it was identified; `anonymous` where nobody has to, `host` for whom the application around the registry let in. */
  type: 'api_key' | 'jwt' | 'mtls' | 'anonymous' | 'host' | 'cli' | 'registration' | 'import' | 'system';
  /** Identifier, unique within its type. */
  id: string;
  /** Name, for people. */
  name: string;
  /** What it may do. Default everything. */
  scopes?: readonly Scope[];
  /** The only owner whose clients it sees and changes. Default none: it sees and changes all clients. */
  owner?: string;
  /** When the API key ends that identified it, in seconds since the epoch; 0 = never. Default never. */
  expiresAt?: number;
}

/** A principal, and where its request came from. */
export interface Actor extends Principal {
  /** IP address of the peer. */
  address?: string;
  /** What the answer to the request has in `X-Request-Id`. */
  requestId?: string;
}

/** May the actor do what the scope allows? Who calls in process without naming an actor may do everything. */
export function mayDo(actor: Principal | undefined, scope: Scope): boolean {
  return actor?.scopes === undefined || actor.scopes.includes(scope);
}

/** May the actor see and change what belongs to this owner? */
export function maySee(actor: Principal | undefined, owner: string): boolean {
  return actor?.owner === undefined || actor.owner === owner;
}
