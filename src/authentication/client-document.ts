import type { ShownClient } from '../clients/store/client-answer.js';

/** A client as the admin API shows it, which is parsed once, and only when somebody asks. */
export class ClientDocument {
  private parsed?: ShownClient;

  /** @param text its JSON */
  constructor(readonly text: string) {}

  /** Its members. */
  get client(): ShownClient {
    return (this.parsed ??= JSON.parse(this.text) as ShownClient);
  }
}
