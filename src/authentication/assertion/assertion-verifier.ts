import { Injectable, Logger } from '@nestjs/common';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { isSameAlgorithm } from '../../jwt/algorithms.js';
import { ClientKeySets } from '../keys/client-key-sets.js';
import { AssertionOptions } from './assertion.options.js';
import { assertionParts, faultOfClaims, faultOfHead, LEEWAY, type AssertionParts } from './assertion-rules.js';
import { UsedAssertions } from './used-assertions.js';
import { isSignedByOne } from './verification-keys.js';

/** The members of the asserted client that an assertion is verified against. */
export type AssertedClient = Partial<Pick<ClientMetadata, 'jwks' | 'jwks_uri' | 'token_endpoint_auth_signing_alg'>>;

/** An assertion that authenticates its client. */
export interface ProvenAssertion {
  /** The key that its header names; `undefined` when it names none. */
  kid: string | undefined;
}

/** Verifies the assertions with which clients authenticate: `private_key_jwt` (RFC 7523 §3, OpenID Connect Core §9). */
@Injectable()
export class AssertionVerifier {
  private readonly logger = new Logger('ClientAuthentication');

  constructor(
    private readonly options: AssertionOptions,
    private readonly keySets: ClientKeySets,
    private readonly used: UsedAssertions,
  ) {}

  /**
   * Verifies an assertion and uses it up: it authenticates its client once, across all processes. A rejection takes equally long whether the
   * client exists or not, unless keys must be fetched.
   *
   * @param clientId the `client_id` of the client that the assertion must be from
   * @param document holds the client, and is parsed only when its keys are needed; `undefined` when it does not exist or has another method
   * @param issuer the issuer that asks. Default: the only one of {@link AssertionOptions.issuers}; with several, the assertion is rejected
   * @returns `undefined` when the assertion is rejected; the reason is logged at the level `debug`
   * @throws OAuthError 503 when the database cannot answer
   */
  async verify(
    assertion: string,
    clientId: string,
    document: { readonly client: AssertedClient } | undefined,
    issuer?: string,
  ): Promise<ProvenAssertion | undefined> {
    const parts = assertionParts(assertion);
    const fault = parts
      ? (faultOfHead(parts.head) ??
        faultOfClaims(parts.claims, clientId, this.audiencesOf(issuer)) ??
        (await this.faultOfSignature(assertion, parts, document?.client)) ??
        (await this.faultOfUse(clientId, parts)))
      : 'it is not a JWT of at most 16 KiB';
    if (parts && fault === undefined) return { kid: parts.head['kid'] as string | undefined };
    this.logger.debug(`An assertion of the client ${JSON.stringify(clientId)} was refused: ${fault}.`);
    return undefined;
  }

  /** Called only after the signature was verified: nobody else may use up a `jti` that the client has not sent yet. */
  private async faultOfUse(clientId: string, { claims }: AssertionParts): Promise<string | undefined> {
    const end = Math.ceil(claims['exp'] as number) + LEEWAY;
    const isFirst = await this.used.use(clientId, claims['jti'] as string, end);
    return isFirst ? undefined : 'it was used before';
  }

  /** Returns the accepted audiences of an assertion for the issuer that asks; an empty list when that issuer is unknown. */
  private audiencesOf(issuer: string | undefined): readonly string[] {
    const { issuers, audienceEndpoints } = this.options;
    const asking = issuer ?? (issuers.length === 1 ? issuers[0] : undefined);
    return asking !== undefined && issuers.includes(asking) ? [asking, ...audienceEndpoints] : [];
  }

  /** Always verifies a signature, whatever the client is: see {@link isSignedByOne}. */
  private async faultOfSignature(
    assertion: string,
    { head }: AssertionParts,
    client: AssertedClient = {},
  ): Promise<string | undefined> {
    const { token_endpoint_auth_signing_alg: registered } = client;
    const isRegistered = !registered || isSameAlgorithm(head['alg'], registered);
    const isSigned = await this.keySets.fit(isRegistered ? client : {}, (keys) => isSignedByOne(assertion, head, keys));
    if (isSigned) return undefined;
    return isRegistered ? 'no key of the client verifies it' : 'its algorithm is not that of the client';
  }
}
