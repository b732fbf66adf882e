import type { ShownClient } from '../clients/store/client-answer.js';

/** A client as the admin API shows it, parsed once, on first access. */
export class ClientDocument {
  private parsed?: ShownClient;

  /** @param text the client as JSON */
  constructor(readonly text: string) {}

  /** The parsed client. */
  get client(): ShownClient {
    return (this.parsed ??= JSON.parse(this.text) as ShownClient);
  }
}
