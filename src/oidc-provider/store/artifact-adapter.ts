import { epochSeconds } from '../../secrets/secret-set.js';
import { keyOf, type NewArtifact, type ProviderArtifacts, type StoredArtifact } from './provider-artifacts.js';
import { ProviderRefusal } from './provider-refusal.js';

/** The members of an artifact, as the provider stores and reads them. */
export interface ArtifactPayload {
  [member: string]: unknown;
  /** Its identifier. */
  jti?: string;
  /** The grant that it belongs to. */
  grantId?: string;
  /** The lasting identifier of a session. */
  uid?: string;
  /** The code that the user of a device types. */
  userCode?: string;
  /** When it was used, in seconds since the epoch. */
  consumed?: unknown;
}

/** Models whose artifacts are also looked up by another identifier. They store their `jti`, because it cannot be derived from the key, a hash. */
const OTHER_NAMES: Readonly<Record<string, 'uid' | 'userCode'>> = { Session: 'uid', DeviceCode: 'userCode' };
/** The model that records identifiers that must not be used twice. */
const ONCE = 'ReplayDetection';

/**
 * Stores the artifacts of one model for `oidc-provider`. It also returns expired artifacts that have not been swept: the provider compares their
 * end with its clock, and reports to some callers that they have expired. When the database cannot answer, each method rejects with an error
 * that the provider answers with 503 `temporarily_unavailable`.
 */
export class ArtifactAdapter {
  /** @internal */
  constructor(
    private readonly model: string,
    private readonly artifacts: ProviderArtifacts,
  ) {}

  /**
   * Stores an artifact, or overwrites it with its new state.
   *
   * @param id its identifier
   * @param payload its members
   * @param expiresIn its time to live, in seconds. Default: it does not end
   * @throws an error that the provider answers with `invalid_request` when the model admits an identifier only once, and it is already stored
   */
  async upsert(id: string, payload: ArtifactPayload, expiresIn?: number): Promise<void> {
    const artifact = this.written(id, payload, expiresIn);
    if (this.model !== ONCE) await this.artifacts.save(artifact);
    else if (!(await this.artifacts.saveOnce(artifact))) throw usedBefore('invalid_request');
  }

  /**
   * Looks up an artifact by its identifier.
   *
   * @param id its identifier: any text that a caller sent as one
   */
  async find(id: string): Promise<ArtifactPayload | undefined> {
    return read(await this.artifacts.find(keyOf(this.model, id)), { jti: id });
  }

  /**
   * Looks up a session by its lasting identifier.
   *
   * @param uid the identifier
   */
  async findByUid(uid: string): Promise<ArtifactPayload | undefined> {
    return read(await this.artifacts.findBy('uid', uid));
  }

  /**
   * Looks up a device code by its user code.
   *
   * @param userCode the code that the user typed
   */
  async findByUserCode(userCode: string): Promise<ArtifactPayload | undefined> {
    return read(await this.artifacts.findBy('user_code', userCode));
  }

  /**
   * Marks an artifact as used. Of several concurrent callers, on any processes, one succeeds; every other one revokes the grant, as a later reuse
   * does (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
   *
   * @param id its identifier
   * @throws an error that the provider answers with `invalid_grant` when it was already used, or does not exist
   */
  async consume(id: string): Promise<void> {
    if (await this.artifacts.consume(keyOf(this.model, id), epochSeconds())) return;
    const { grantId } = (await this.find(id)) ?? {};
    if (grantId !== undefined) await this.artifacts.endGrant(grantId);
    throw usedBefore('invalid_grant');
  }

  /**
   * Removes an artifact.
   *
   * @param id its identifier
   */
  async destroy(id: string): Promise<void> {
    await this.artifacts.remove(keyOf(this.model, id));
  }

  /**
   * Removes the artifacts of this model that belong to a grant.
   *
   * @param grantId the grant
   */
  async revokeByGrantId(grantId: string): Promise<void> {
    await this.artifacts.revoke(grantId, this.model);
  }

  private written(id: string, payload: ArtifactPayload, expiresIn: number | undefined): NewArtifact {
    const other = OTHER_NAMES[this.model];
    return {
      id: keyOf(this.model, id),
      model: this.model,
      payload: JSON.stringify(other ? payload : { ...payload, jti: undefined }),
      grantId: payload.grantId ?? null,
      uid: (other === 'uid' && payload.uid) || null,
      userCode: (other === 'userCode' && payload.userCode) || null,
      expiresAt:
        expiresIn === undefined ? null : Math.min(epochSeconds() + Math.ceil(expiresIn), Number.MAX_SAFE_INTEGER),
    };
  }
}

function usedBefore(code: string): ProviderRefusal {
  return new ProviderRefusal(400, code, 'What the request presents was used before.');
}

function read(stored: StoredArtifact | undefined, more?: ArtifactPayload): ArtifactPayload | undefined {
  if (!stored) return undefined;
  const payload = { ...(JSON.parse(stored.payload) as ArtifactPayload), ...more };
  return stored.consumedAt === null ? payload : { ...payload, consumed: Number(stored.consumedAt) };
}
