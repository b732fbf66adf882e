import { Injectable } from '@nestjs/common';
import type { CallOptions } from '../access/call-options.js';
import { maySee, type Principal } from '../access/principal.js';
import { ClientActivity } from '../clients/activity/client-activity.js';
import { ClientLifespans } from '../clients/lifespans/client-lifespans.js';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { AUTHENTICATIONS, tell, type ClientAuthenticated } from '../telemetry/events.js';
import { AuthenticatedClient } from './authenticated-client.js';
import { clientRefused } from './authentication-errors.js';
import { Candidates, type Candidate } from './candidates.js';
import { ClientDocument } from './client-document.js';
import { KeyVerifiers } from './key-verifiers.js';
import { stillProves, type Proof } from './proof.js';
import { SecretProofs } from './secret-proofs.js';
import { presentedBy, requireTokenRequest, type Presented, type TokenRequest } from './token-request.js';

/**
 * Authenticates clients for an authorization server (RFC 6749 §2.3). As soon as the suspension or removal of a client, or the removal of its
 * secret or key, is acknowledged, every process rejects the client: even when its authentication had already begun, and waits for bcrypt, for
 * keys or for the single-use check of an assertion.
 */
@Injectable()
export class ClientAuthenticator {
  /** @internal */
  constructor(
    private readonly candidates: Candidates,
    private readonly secrets: SecretProofs,
    private readonly keys: KeyVerifiers,
    private readonly lifespans: ClientLifespans,
    private readonly activity: ClientActivity,
  ) {}

  /**
   * Authenticates a client by its request to an endpoint of the authorization server. A successful authentication counts as a use of the
   * client, and of the secret if it presented one.
   *
   * @param request the request that the endpoint received
   * @param options the caller: an actor with an owner authenticates only clients of that owner
   * @throws OAuthError 401 `invalid_client`, with the same message whatever the reason; 400 `invalid_request` for a request that RFC 6749 forbids;
   * 429 when too many wrong secrets came from `source`; 503 when the database cannot answer
   */
  async authenticate(request: TokenRequest, { actor }: Pick<CallOptions, 'actor'> = {}): Promise<AuthenticatedClient> {
    requireTokenRequest(request);
    const presented = presentedBy(request);
    const method = methodOf(presented, request);
    try {
      const client = await this.decide(presented, request, actor);
      tell(AUTHENTICATIONS, { method, outcome: 'accepted' });
      return client;
    } catch (error) {
      tell(AUTHENTICATIONS, { method, outcome: outcomeOf(error) });
      throw error;
    }
  }

  private async decide(
    presented: Presented,
    request: TokenRequest,
    actor: Principal | undefined,
  ): Promise<AuthenticatedClient> {
    const { clientId = '' } = presented;
    const before = await this.find(clientId, actor);
    const proof = await this.prove(presented, before, request);
    const now = before && proof?.waited ? await this.find(clientId, actor) : before;
    const isProved = before && now && proof && (now === before || stillProves(proof, before, now));
    if (!isProved || now.suspended !== null) throw clientRefused(request.authorization !== undefined);
    const [secret] = proof.secret ?? [];
    this.activity.note({ client_id: now.id, secret_id: secret?.id });
    if (proof.secret && (await this.secrets.accept(...proof.secret))) this.candidates.forget(now.id);
    // A new document, not the shared one: the caller may change what it gets.
    const document = new ClientDocument(now.document.text);
    return new AuthenticatedClient(now.id, now.authMethod, proof.credential, document, () =>
      this.lifespans.textOf(now),
    );
  }

  /** Returns the client with an id, unless the actor may not see it. */
  private async find(id: string, actor: Principal | undefined): Promise<Candidate | undefined> {
    const candidate = await this.candidates.find(id);
    return candidate && maySee(actor, candidate.owner) ? candidate : undefined;
  }

  /** Returns the proof of the client's identity; `undefined` when there is none. */
  private prove(
    presented: Presented,
    candidate: Candidate | undefined,
    { source, issuer, certificate }: TokenRequest,
  ): Promise<Proof | undefined> {
    if (presented.by === 'secret') return this.proveSecret(presented, candidate, source);
    if (presented.by === 'assertion') return this.proveAssertion(presented, candidate, issuer);
    if (candidate?.authMethod === 'none') return Promise.resolve({ credential: { type: 'none' }, waited: false });
    if (certificate === undefined) return Promise.resolve(undefined);
    return this.proveCertificate(certificate, presented.clientId, candidate);
  }

  private async proveCertificate(
    certificate: string,
    id: string,
    candidate: Candidate | undefined,
  ): Promise<Proof | undefined> {
    // Verified even when the client does not exist, so that its rejection takes equally long.
    const proven = await this.keys.certificates.verify(certificate, { ...candidate?.document.client, id });
    const credential =
      proven && ({ type: 'certificate', id: proven.thumbprint, expires_at: proven.expiresAt } as const);
    return credential && { credential, waited: true };
  }

  private async proveAssertion(
    { assertion, clientId = '' }: Extract<Presented, { by: 'assertion' }>,
    candidate: Candidate | undefined,
    issuer: string | undefined,
  ): Promise<Proof | undefined> {
    // Verified even when the client does not exist or has another method, so that each rejection takes equally long.
    const document = candidate?.authMethod === 'private_key_jwt' ? candidate.document : undefined;
    const proven = await this.keys.assertions.verify(assertion, clientId, document, issuer);
    return proven && { credential: { type: 'key', ...(proven.kid !== undefined && { id: proven.kid }) }, waited: true };
  }

  private async proveSecret(
    presented: Extract<Presented, { by: 'secret' }>,
    candidate: Candidate | undefined,
    source: string | undefined,
  ): Promise<Proof | undefined> {
    const found = await this.secrets.find(presented, candidate, source);
    if (!found) return undefined;
    const { stored, waited } = found;
    const credential = { type: 'secret', id: stored.id, expires_at: stored.expiresAt } as const;
    return { credential, secret: [stored, presented.secret], waited };
  }
}

function methodOf(presented: Presented, { certificate }: TokenRequest): ClientAuthenticated['method'] {
  if (presented.by === 'secret') return presented.method;
  if (presented.by === 'assertion') return 'private_key_jwt';
  return certificate === undefined ? 'none' : 'certificate';
}

function outcomeOf(error: unknown): ClientAuthenticated['outcome'] {
  const status = error instanceof OAuthError ? error.getStatus() : 500;
  return status === 429 ? 'limited' : status < 500 ? 'refused' : 'failed';
}
