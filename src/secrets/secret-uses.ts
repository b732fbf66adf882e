/** Receives the uses of secrets by clients that authenticate; the folder `clients` provides the implementation. */
export abstract class SecretUses {
  /** Notes that a client has authenticated now. It does not throw, and callers do not wait for it. */
  abstract note(use: { client_id: string; secret_id: string }): void;
}
