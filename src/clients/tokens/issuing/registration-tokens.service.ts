import { Injectable } from '@nestjs/common';
import { scopeMissing } from '../../../access/access-errors.js';
import type { ChangeOptions } from '../../../access/call-options.js';
import { mayDo } from '../../../access/principal.js';
import { REGISTRATION_TOKEN_PREFIX } from '../../../secrets/generated/secret-format.js';
import { issueToken } from '../../../secrets/generated/token.js';
import { ClientWriter } from '../../writing/client.writer.js';
import { NO_TOKEN } from '../registration-token.js';
import { RegistrationUrl } from '../registration-url.js';
import { IssuedRegistrationToken } from './registration-token.dto.js';

/** Replaces and revokes registration access tokens (RFC 7592) for administrators, such as lost or leaked ones. */
@Injectable()
export class RegistrationTokensService {
  /** @internal */
  constructor(
    private readonly writer: ClientWriter,
    private readonly url: RegistrationUrl,
  ) {}

  /**
   * Issues a new registration access token for a client. The current one ends immediately; a client without a token gets its first one.
   *
   * @param id the `client_id`
   * @param options the state to change, and the transaction to take part in. An actor needs the scope `secrets:write` in addition to
   * `clients:write`: the holder of the token can change the client, and get a secret
   * @returns the token, which no later answer shows
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 403 without the scope
   */
  async replace(id: string, options: ChangeOptions = {}): Promise<IssuedRegistrationToken> {
    if (!mayDo(options.actor, 'secrets:write')) throw tokenScopeMissing();
    const { clear, digest } = issueToken(REGISTRATION_TOKEN_PREFIX);
    await this.writer.edit(id, options, () => ({ token: { digest, former: null } }));
    return new IssuedRegistrationToken(clear, this.url.of(id));
  }

  /**
   * Revokes the registration access token of a client, which then cannot manage itself. A client without a token stays as it is.
   *
   * @param id the `client_id`
   * @param options the state to change, and the transaction to take part in
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state
   */
  async end(id: string, options: ChangeOptions = {}): Promise<void> {
    await this.writer.edit(id, options, ({ token }) => (token.digest === '' ? {} : { token: NO_TOKEN }));
  }
}

/** 403 `insufficient_scope`: the holder of the token could get a secret of the client. */
export function tokenScopeMissing(): ReturnType<typeof scopeMissing> {
  return scopeMissing('secrets:write', 'Replacing the registration access token');
}
