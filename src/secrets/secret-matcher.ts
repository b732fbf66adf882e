import { OAuthError } from '../oauth-error/oauth-error.js';
import { SECRET_CHECKS, tell, type SecretChecked } from '../telemetry/events.js';
import { ProvedSecrets } from './proved-secrets.js';
import { isGenerated } from './generated/secret-format.js';
import type { SecretVerifier } from './secret-hash.js';
import type { SlowTurns } from './slow-turns.js';

/** A stored secret, as read for a comparison. */
export interface StoredSecret {
  id: string;
  /** Its stored form. */
  hash: string;
  /** When it ends, in seconds since the epoch; 0 = never. */
  expiresAt: number;
}

/** Counts the comparisons that cost a slow hash. */
export interface SlowCheck {
  /** Called before such a comparison begins. An error that it throws ends the check. */
  begin: () => void;
  /** Called when the presented secret was right. */
  succeed: () => void;
}

/** The stored secret that was presented. */
export interface FoundSecret<Secret> {
  stored: Secret;
  /** Whether the search took time, during which the secrets may have changed. */
  waited: boolean;
}

const UNCOUNTED: SlowCheck = { begin: () => undefined, succeed: () => undefined };

/** Finds the stored form of a presented secret. A chosen secret costs its slow hash once, and equal checks at the same time share one. */
export class SecretMatcher {
  private readonly proved = new ProvedSecrets();
  /** Slow comparisons that run or wait, keyed by a digest of what they compare. */
  private readonly running = new Map<string, Promise<number>>();

  /**
   * @param verifier compares secrets
   * @param turns limits slow comparisons
   */
  constructor(
    private readonly verifier: SecretVerifier,
    private readonly turns: SlowTurns,
  ) {}

  /** Number of secrets that it remembers, plus comparisons that run or wait. Public so that tests can ask. */
  get size(): number {
    return this.proved.size + this.running.size;
  }

  /**
   * Finds the stored secret that was presented.
   *
   * @param clientId the `client_id`: two clients never share a check, even when neither of them exists
   * @param stored the client's secrets that have not expired
   * @param check counts slow comparisons. Default: they are not counted
   * @throws OAuthError 503 when too many comparisons wait; Error when the hasher fails; what `check` throws
   */
  async find<Secret extends Pick<StoredSecret, 'hash'>>(
    clientId: string,
    presented: string,
    stored: readonly Secret[],
    check: SlowCheck = UNCOUNTED,
  ): Promise<FoundSecret<Secret> | undefined> {
    const forms = stored.map(({ hash }) => hash);
    const found = (by: SecretChecked['by'], at: number) => {
      tell(SECRET_CHECKS, { by, outcome: at >= 0 ? 'right' : 'wrong' });
      return stored[at] && { stored: stored[at], waited: by === 'hash' };
    };
    if (isGenerated(presented)) return found('digest', this.verifier.findGenerated(presented, forms));
    const proved = this.proved.find(presented, forms);
    if (proved >= 0) return found('memory', proved);
    const name = this.proved.nameOf(presented, [clientId, ...forms]);
    const running =
      this.running.get(name) ?? this.compare(presented, forms, check).finally(() => this.running.delete(name));
    this.running.set(name, running);
    return found('hash', await running.catch(tellFailure));
  }

  private async compare(presented: string, forms: readonly string[], check: SlowCheck): Promise<number> {
    check.begin();
    const at = await this.turns.take('compare secret', () => this.verifier.find(presented, forms));
    const form = forms[at];
    if (form === undefined) return at;
    this.proved.add(presented, form);
    check.succeed();
    return at;
  }
}

/** @throws the error that it reports */
function tellFailure(error: unknown): never {
  const status = error instanceof OAuthError ? error.getStatus() : 500;
  tell(SECRET_CHECKS, { by: 'hash', outcome: status === 429 ? 'limited' : status === 503 ? 'busy' : 'failed' });
  throw error;
}
