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
  /** What the user of a device types. */
  userCode?: string;
  /** When it was used, in seconds since the epoch. */
  consumed?: unknown;
}

/** Models whose artifacts are also found by another name: these keep their identifier, which cannot be worked out from its key. */
const OTHER_NAMES: Readonly<Record<string, 'uid' | 'userCode'>> = { Session: 'uid', DeviceCode: 'userCode' };
/** The model that remembers what must not come twice. */
const ONCE = 'ReplayDetection';

/**
 * Keeps the artifacts of one model, as `oidc-provider` asks for it. It also returns those that have ended and are not yet swept: the provider
 * compares their end with its clock, and tells some callers so. When the database cannot answer, each method rejects with an error that the
 * provider answers with 503 `temporarily_unavailable`.
 */
export class ArtifactAdapter {
  /** @internal */
  constructor(
    private readonly model: string,
    private readonly artifacts: ProviderArtifacts,
  ) {}

  /**
   * Stores an artifact, or its new state.
   *
   * @param id its identifier
   * @param payload its members
   * @param expiresIn its time to live, in seconds. Default: it does not end
   * @throws an error that the provider answers with `invalid_request` when the model keeps what may come only once, and it was there before
   */
  async upsert(id: string, payload: ArtifactPayload, expiresIn?: number): Promise<void> {
    const artifact = this.written(id, payload, expiresIn);
    if (this.model !== ONCE) await this.artifacts.save(artifact);
    else if (!(await this.artifacts.saveOnce(artifact))) throw usedBefore('invalid_request');
  }

  /**
   * The artifact of an identifier.
   *
   * @param id its identifier, whatever a caller sent as such
   */
  async find(id: string): Promise<ArtifactPayload | undefined> {
    return read(await this.artifacts.find(keyOf(this.model, id)), { jti: id });
  }

  /**
   * The session of a lasting identifier.
   *
   * @param uid the identifier
   */
  async findByUid(uid: string): Promise<ArtifactPayload | undefined> {
    return read(await this.artifacts.findBy('uid', uid));
  }

  /**
   * The device code of a user code.
   *
   * @param userCode the code that the user typed
   */
  async findByUserCode(userCode: string): Promise<ArtifactPayload | undefined> {
    return read(await this.artifacts.findBy('user_code', userCode));
  }

  /**
   * Notes that an artifact was used. Of several callers, on whatever processes, one succeeds; whoever comes too late ends the grant, as one
   * does who comes later (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
   *
   * @param id its identifier
   * @throws an error that the provider answers with `invalid_grant` when it was used before, or is gone
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
   * Removes what the model keeps of a grant.
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
