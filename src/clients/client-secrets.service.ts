import { Injectable } from '@nestjs/common';
import { maySee } from '../access/principal.js';
import { bodyOrNone } from '../json/json-body.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import type { ClientSecret } from '../secrets/client-secret.entity.js';
import { endingBy, epochSeconds, isValid, withNewest } from '../secrets/secret-set.js';
import { SecretsOptions } from '../secrets/secrets.options.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { CallOptions, ChangeOptions } from '../access/call-options.js';
import type { ClientAnswer } from './store/client-answer.js';
import type { RotationBody, SecretBody } from './metadata/client-bodies.js';
import {
  lastValidSecret,
  methodWithoutSecrets,
  olderSecretIsLastValid,
  unknownSecret,
} from './metadata/client-errors.js';
import { readInput } from '../fields/read-input.js';
import type { ClientMetadata } from './metadata/client-metadata.js';
import { expiryLiesAhead, givenSecretIsUsable, usesSecret } from './metadata/client-metadata.rules.js';
import { AddedSecret, OLDEST, RotationInput, SecretInput, type SecretView } from './metadata/client-secret.dto.js';
import { ClientActivity } from './activity/client-activity.js';
import { ClientStatements } from './store/client.statements.js';
import { ClientWriter, type EditableClient } from './writing/client.writer.js';
import { parseLifespan } from '../fields/lifespan.js';
import { once, SlowWork } from './writing/slow-work.js';

/** Options of {@link ClientSecretsService.revoke}. */
export interface RevokeOptions extends ChangeOptions {
  /** Whether to revoke even the last valid secret. Default false. */
  force?: boolean;
}

/** Manages the secrets of a client one by one. Each change of a secret is a new version of the client. */
@Injectable()
export class ClientSecretsService {
  /** @internal */
  constructor(
    private readonly statements: ClientStatements,
    private readonly writer: ClientWriter,
    private readonly secrets: SecretsService,
    private readonly options: SecretsOptions,
    private readonly activity: ClientActivity,
  ) {}

  /**
   * Returns what is known of the secrets of a client, but not the secrets themselves. The current one comes first.
   *
   * @param id the `client_id`
   * @param options the transaction to read in
   * @throws OAuthError 404 for an unknown client
   */
  async list(id: string, { manager, actor }: CallOptions = {}): Promise<SecretView[]> {
    const current = await this.statements.load(id, this.statements.within(manager));
    if (!current || !maySee(actor, current.client.owner)) throw OAuthError.unknownClient();
    return this.activity.shown(current.secrets);
  }

  /**
   * Adds a secret, which becomes the current one. Only this answer shows it in clear; a secret given as a hash is never shown.
   *
   * @param id the `client_id`
   * @param body members of {@link SecretInput}, as an object, or as JSON in text or bytes. Default: a generated secret that never expires
   * @param options the state to change, and the transaction to take part in
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 with every fault of the body or
   * for a method that uses no secret
   */
  async add(id: string, body?: SecretBody, options: ChangeOptions = {}): Promise<AddedSecret> {
    const rules = [...givenSecretIsUsable((secret) => this.secrets.faultOf(secret)), expiryLiesAhead('expires_at')];
    const read = once(() => readInput(SecretInput, bodyOrNone(body), rules, options));
    const slow = new SlowWork();
    const issueChosen = slow.of((chosen: string) => this.secrets.issue(id, chosen, options.signal));
    const issueGenerated = once(() => this.secrets.issue(id));
    const adding = async ({ metadata, secrets }: EditableClient) => {
      requireSecretMethod(metadata);
      const { client_secret: chosen, client_secret_hash: hash, label, expires_at: expiresAt } = await read();
      const imported = hash ? { clear: '', row: this.secrets.import(id, hash) } : undefined;
      const { clear, row } = imported ?? (chosen ? issueChosen(chosen) : await issueGenerated());
      Object.assign(row, { label: label || null, expiresAt } satisfies Partial<ClientSecret>);
      return {
        secrets: withNewest(secrets, row, this.options.olderSecrets),
        added: new AddedSecret(row, clear),
      };
    };
    return (await slow.during(() => this.writer.edit(id, options, adding))).added;
  }

  /**
   * Revokes one secret. The newest of the remaining ones becomes the current one.
   *
   * @param id the `client_id`
   * @param secretId identifier of the secret, as {@link SecretView.id}, or `oldest` for the oldest one
   * @param options the state to change, the transaction to take part in, and whether to revoke even the last valid secret
   * @throws OAuthError 404 for an unknown client or secret, 412 when `ifMatch` names another state, 400 when `ifMatch` is malformed,
   * 409 for the last valid secret
   */
  async revoke(id: string, secretId: string, { force = false, ...options }: RevokeOptions = {}): Promise<void> {
    await this.writer.edit(id, options, ({ secrets }) => {
      const gone = secretId === OLDEST ? secrets.at(-1) : secrets.find((secret) => secret.id === secretId);
      if (!gone) throw unknownSecret();
      const others = secrets.filter((secret) => secret !== gone);
      if (isValid(gone) && !others.some(isValid) && !force) throw lastValidSecret();
      return { secrets: others };
    });
  }

  /**
   * Issues a new current secret. The older ones stay valid, up to the number that the registry keeps; with `grace`, only until it has passed.
   *
   * @param id the `client_id`
   * @param body members of {@link RotationInput}, as an object, or as JSON in text or bytes; or none
   * @param options the state to change, and the transaction to take part in
   * @returns the client, with its new secret in clear, which only this answer shows
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 for a method that uses no secret
   * or with every fault of the body
   */
  async rotate(id: string, body?: RotationBody, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const issue = once(async () => {
      const { grace } = await readInput(RotationInput, bodyOrNone(body), [], options);
      return { grace, ...(await this.secrets.issue(id)) };
    });
    const { answer } = await this.writer.edit(id, options, async ({ metadata, secrets }) => {
      requireSecretMethod(metadata);
      const { grace, clear, row } = await issue();
      const older = grace === null ? secrets : secrets.map((secret) => endingBy(secret, endOf(grace)));
      return { secrets: withNewest(older, row, this.options.olderSecrets), once: { client_secret: clear } };
    });
    return answer;
  }

  /**
   * Revokes all secrets but the current one.
   *
   * @param id the `client_id`
   * @param options the state to change, and the transaction to take part in
   * @returns the client
   * @throws OAuthError 404 for an unknown client, 412 when `ifMatch` names another state, 400 for a method that uses no secret,
   * 409 when no valid secret would be left
   */
  async forgetOlder(id: string, options: ChangeOptions = {}): Promise<ClientAnswer> {
    const { answer } = await this.writer.edit(id, options, ({ metadata, secrets }) => {
      requireSecretMethod(metadata);
      const [current, ...older] = secrets;
      if (current && !isValid(current) && older.some(isValid)) throw olderSecretIsLastValid();
      return { secrets: current ? [current] : [] };
    });
    return answer;
  }
}

/** @throws OAuthError 400 for a client whose authentication method uses no secret */
function requireSecretMethod(metadata: ClientMetadata): void {
  if (!usesSecret(metadata)) throw methodWithoutSecrets(metadata.token_endpoint_auth_method);
}

/** Returns the current second since the epoch plus `grace`, rounded up to whole seconds. */
function endOf(grace: string): number {
  const seconds = ((parseLifespan(grace) ?? 0n) + 999_999_999n) / 1_000_000_000n;
  const end = BigInt(epochSeconds()) + seconds;
  return Number(end < Number.MAX_SAFE_INTEGER ? end : Number.MAX_SAFE_INTEGER);
}
