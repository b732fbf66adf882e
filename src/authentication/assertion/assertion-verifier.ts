import { Injectable, Logger } from '@nestjs/common';
import type { ClientMetadata } from '../../clients/metadata/client-metadata.js';
import { keysOf } from '../../clients/metadata/values/key-set.js';
import type { TokenPart } from '../../jwt/token-parts.js';
import { AssertionOptions } from './assertion.options.js';
import { assertionParts, faultOfClaims, faultOfHead, LEEWAY, type AssertionParts } from './assertion-rules.js';
import { ClientKeySets } from './client-key-sets.js';
import { UsedAssertions } from './used-assertions.js';
import { isSignedByOne } from './verification-keys.js';

/** What an assertion is verified against: the client that it says it is of. */
export interface AssertedClient extends Partial<
  Pick<ClientMetadata, 'jwks' | 'jwks_uri' | 'token_endpoint_auth_signing_alg'>
> {
  client_id: string;
}

/** An assertion that authenticates its client. */
export interface ProvenAssertion {
  /** The key that its header names; `undefined` when it names none. */
  kid: string | undefined;
}

/** Verifies the assertions by which clients authenticate: `private_key_jwt` (RFC 7523 §3, OpenID Connect Core §9). */
@Injectable()
export class AssertionVerifier {
  private readonly logger = new Logger('ClientAuthentication');

  constructor(
    private readonly options: AssertionOptions,
    private readonly keySets: ClientKeySets,
    private readonly used: UsedAssertions,
  ) {}

  /**
   * Verifies an assertion, and uses it up: it authenticates its client once, whatever process is asked.
   *
   * @param client the one that `assertedClientId` names, with `private_key_jwt` as its method
   * @param issuer who asks. Default: the only one of {@link AssertionOptions.issuers}; with several of them the assertion is refused
   * @returns `undefined` when it is refused; why is a line of the log, at the level `debug`
   * @throws OAuthError 503 when the database cannot answer
   */
  async verify(assertion: string, client: AssertedClient, issuer?: string): Promise<ProvenAssertion | undefined> {
    const parts = assertionParts(assertion);
    const fault = parts ? await this.faultOf(assertion, parts, client, issuer) : 'it is not a JWT of at most 16 KiB';
    if (parts && fault === undefined) return { kid: parts.head['kid'] as string | undefined };
    this.logger.debug(`An assertion of the client ${JSON.stringify(client.client_id)} was refused: ${fault}.`);
    return undefined;
  }

  /** What is wrong with an assertion, as the end of a sentence. It is used up when nothing is. */
  private async faultOf(
    assertion: string,
    parts: AssertionParts,
    client: AssertedClient,
    issuer: string | undefined,
  ): Promise<string | undefined> {
    const { head, claims } = parts;
    const fault =
      faultOfHead(head, client.token_endpoint_auth_signing_alg) ??
      faultOfClaims(claims, client.client_id, this.audiencesOf(issuer));
    if (fault !== undefined) return fault;
    if (!(await this.isSigned(assertion, head, client))) return 'no key of the client verifies it';
    // Only now: who cannot sign must not use up what the client has not sent yet.
    const end = Math.ceil(claims['exp'] as number) + LEEWAY;
    const isFirst = await this.used.use(client.client_id, claims['jti'] as string, end);
    return isFirst ? undefined : 'it was used before';
  }

  /** What may be the audience of an assertion for the issuer that asks; nothing when it is not known which one that is. */
  private audiencesOf(issuer: string | undefined): readonly string[] {
    const { issuers, audienceEndpoints } = this.options;
    const asking = issuer ?? (issuers.length === 1 ? issuers[0] : undefined);
    return asking !== undefined && issuers.includes(asking) ? [asking, ...audienceEndpoints] : [];
  }

  private async isSigned(
    assertion: string,
    head: TokenPart,
    { jwks = {}, jwks_uri }: AssertedClient,
  ): Promise<boolean> {
    if (!jwks_uri) return isSignedByOne(assertion, head, keysOf(jwks));
    const remembered = this.keySets.at(jwks_uri);
    const keys = await remembered.get();
    if (!keys) return false;
    if (await isSignedByOne(assertion, head, keys)) return true;
    const renewed = await remembered.renewed();
    return renewed !== undefined && renewed !== keys && isSignedByOne(assertion, head, renewed);
  }
}
