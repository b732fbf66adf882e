import type { JsonSource } from '../../json/json-body.js';
import type { RotationInput, SecretInput } from './client-secret.dto.js';
import type { SuspensionInput } from './suspension.dto.js';
import type { TokenLifespans } from './members/token-lifespans.js';
import type { ClientInput } from './client.dto.js';

/** Members of a body: any of them may be left out, and `null` unsets it. */
export type MembersOf<T> = { [Name in keyof T]?: T[Name] | null };

/** A body: its members, or JSON in text or bytes. */
export type BodyOf<T> = MembersOf<T> | JsonSource;

/** The body that creates or replaces a client. */
export type ClientBody = BodyOf<ClientInput>;

/** The body that replaces the lifespans of a client. */
export type LifespansBody = BodyOf<TokenLifespans>;

/** The body that adds a secret. */
export type SecretBody = BodyOf<SecretInput>;

/** The body that rotates a secret. */
export type RotationBody = BodyOf<RotationInput>;

/** The body that suspends a client. */
export type SuspensionBody = BodyOf<SuspensionInput>;

interface PlacedOperation {
  /** JSON Pointer (RFC 6901) of the value that is added, removed, replaced or tested. */
  path: string;
}

/** An operation with a value. */
export interface ValueOperation extends PlacedOperation {
  /** Name of the operation (RFC 6902 §4). */
  op: 'add' | 'replace' | 'test';
  /** Any JSON. */
  value: unknown;
}

/** An operation that removes a value. */
export interface RemoveOperation extends PlacedOperation {
  /** Name of the operation (RFC 6902 §4.2). */
  op: 'remove';
}

/** An operation that moves or copies a value of the client. */
export interface SourceOperation extends PlacedOperation {
  /** Name of the operation (RFC 6902 §4.4 and §4.5). */
  op: 'move' | 'copy';
  /** JSON Pointer of the value to move or copy. */
  from: string;
}

/** One operation of a JSON Patch (RFC 6902 §4). */
export type PatchOperation = ValueOperation | RemoveOperation | SourceOperation;
