import { Injectable } from '@nestjs/common';
import type { ChangeOptions } from '../access/call-options.js';
import { readInput } from '../fields/read-input.js';
import { bodyOrNone } from '../json/json-body.js';
import type { SuspensionBody } from './metadata/client-bodies.js';
import { SuspensionInput, type SuspensionView } from './metadata/suspension.dto.js';
import type { ClientAnswer } from './store/client-answer.js';
import { ClientWriter } from './writing/client.writer.js';
import { once } from './writing/slow-work.js';

/** Suspends clients, and lets them authenticate again. */
@Injectable()
export class ClientStateService {
  /** @internal */
  constructor(private readonly writer: ClientWriter) {}

  /**
   * Suspends a client: from the commit on it does not authenticate, whatever secret it has. Its secrets stay, and it can be changed as
   * before. A client that is suspended already gets another reason, or stays as it is.
   *
   * @param id the `client_id`
   * @param body members of {@link SuspensionInput}, as an object, or as JSON in text or bytes; or none
   * @param options the state to change, and the transaction to take part in
   * @returns the client, with its member `suspended`
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 with every fault of the body
   */
  async suspend(id: string, body?: SuspensionBody, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const read = once(() => readInput(SuspensionInput, bodyOrNone(body), [], options));
    const { answer } = await this.writer.edit(id, options, async ({ client: { suspended } }) => {
      const { reason } = await read();
      return { suspended: suspendedFor(reason, suspended) };
    });
    return answer;
  }

  /**
   * Lets a suspended client authenticate again. One that is not suspended stays as it is.
   *
   * @param id the `client_id`
   * @param options the state to change, and the transaction to take part in
   * @returns the client
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 when it is malformed
   */
  async resume(id: string, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const { answer } = await this.writer.edit(id, options, () => ({ suspended: null }));
    return answer;
  }
}

/** The suspension of a client; one that goes on keeps its beginning. */
function suspendedFor(reason: string, before: string | null): string {
  const former = before === null ? undefined : (JSON.parse(before) as SuspensionView);
  const at = former?.at ?? new Date().toISOString();
  return JSON.stringify({ at, reason } satisfies SuspensionView);
}
