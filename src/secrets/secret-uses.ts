/** What learns that clients have authenticated by a secret; the room of clients provides it. */
export abstract class SecretUses {
  /** Notes that a client has authenticated now. It does not throw, and nobody waits for it. */
  abstract note(use: { client_id: string; secret_id: string }): void;
}
