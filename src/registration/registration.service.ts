import { Injectable } from '@nestjs/common';
import { requireNoFaults, requireRules } from '../fields/rule.js';
import { lifespanMilliseconds } from '../fields/lifespan.js';
import { REGISTRATION_TOKEN_PREFIX } from '../secrets/generated/secret-format.js';
import { endingAt } from '../secrets/secret-set.js';
import { issueToken, tokenDigest } from '../secrets/generated/token.js';
import type { ClientBody } from '../clients/metadata/client-bodies.js';
import type { ClientMetadata } from '../clients/metadata/client-metadata.js';
import { secretExpiryLiesAhead, usesSecret } from '../clients/metadata/client-metadata.rules.js';
import { ClientInput } from '../clients/metadata/client.dto.js';
import type { RegisteredVia } from '../clients/metadata/origin/registered-via.js';
import { withUses } from '../clients/metadata/standard/registered-members.js';
import { registrationRules } from '../clients/metadata/standard/registration-rules.js';
import { replacedToken } from '../clients/tokens/registration-token.js';
import type { ClientPreparation, Preparation } from '../clients/writing/client-preparation.js';
import type { EditableClient, Edited } from '../clients/writing/client.writer.js';
import { toldOf } from '../clients/writing/registration.js';
import { once, SlowWork } from '../clients/writing/slow-work.js';
import { admission, admitted } from './admission.js';
import { ClientConfiguration } from './client-configuration.js';
import { registrant, type RegistrationCall } from './registration-call.js';
import { CreationLimits } from './limits/creation-limits.js';
import { otherClientId, otherSecret } from './registration-errors.js';
import type { PolicedChange, RegistrationPolicy } from './policy/registration-policy.js';
import { readRegistration, registrationMembers, RegistrationInput } from './registration-input.js';
import { RegistrationOptions } from './registration.options.js';
import { Registry } from './registry.js';
import { isShareable, SharedClients, type Share } from './reuse/shared-clients.js';
import { InitialAccess, type Entry } from './tokens/initial-access.js';

/** The answer to a registration. */
interface Answer {
  configuration: ClientConfiguration;
  /** Whether the client was created; false when the answer shows an existing one. */
  isNew: boolean;
}

/** A client without any member set. */
const UNSET: Readonly<ClientInput> = new ClientInput();

/** Runs `make` together with what must happen before and after it. */
type Around = (make: () => Promise<Answer>) => Promise<Answer>;

/** Lets clients register themselves (RFC 7591), and read, replace and remove their registration (RFC 7592). */
@Injectable()
export class RegistrationService {
  private readonly grace: number;

  /** @internal */
  constructor(
    private readonly registry: Registry,
    private readonly access: InitialAccess,
    private readonly limits: CreationLimits,
    private readonly shared: SharedClients,
    private readonly options: RegistrationOptions,
  ) {
    this.grace = lifespanMilliseconds(options.tokenGrace);
  }

  /**
   * Registers a client. The registry chooses its `client_id` and its secret.
   *
   * @param body members of {@link ClientInput} that the policy lets a client set, as an object, or as JSON in text or bytes
   * @param call the caller, and the initial access token that it presents
   * @returns the client, with its secret and its registration access token
   * @throws OAuthError 400 with every fault of the body; 401 for an initial access token that cannot be used, or that is missing where one is
   * required; 403 when the policy has as many clients as it allows, 429 when too many clients were registered within the hour
   */
  async register(body: ClientBody, call: RegistrationCall = {}): Promise<ClientConfiguration> {
    const entry = await this.access.admit(call.token, this.options.requireInitialAccessToken);
    const { name, reuseWithin } = entry.policy;
    const counting: Around = (make) => this.limits.counting(name, call.address, make);
    const trying: Around = (answer) => this.limits.trying(call.address, answer);
    // With `reuseWithin` an existing client may be the answer: only a registration that creates one is to be counted.
    const answered =
      reuseWithin === undefined
        ? counting(() => trying(() => this.answer(body, entry, call)))
        : trying(() => this.answer(body, entry, call, counting));
    const { configuration } = await toldOf(name, answered, ({ isNew }) => isNew);
    return configuration;
  }

  private async answer(
    body: ClientBody,
    entry: Entry,
    call: RegistrationCall,
    making: Around = (make) => make(),
  ): Promise<Answer> {
    const { policy, token } = entry;
    const { preparation, softwareStatements, statements } = this.registry.parts;
    const presented = await softwareStatements.read(registrationMembers(body), policy.statementIssuers);
    const { input, sent } = await readRegistration(presented.membersFor(), call, true);
    const client = await resulting(policy, { sent, result: input }, preparation);
    if (token) client.owner = token.owner || client.owner;
    const known = async (id: string): Promise<Answer | undefined> => {
      const found = await statements.load(id, statements.within(call.manager));
      // The client may have been changed since it was found; the new content is not for everybody.
      return found && isShareable(found)
        ? { configuration: new ClientConfiguration(found, {}), isNew: false }
        : undefined;
    };
    const made = (share?: Share) => making(() => this.create(client, entry, call, share));
    return this.shared.answering(policy, token?.label, client, { known, made }, call);
  }

  private async create(client: ClientInput, entry: Entry, call: RegistrationCall, share?: Share): Promise<Answer> {
    const { policy, token } = entry;
    const created = await this.registry.parts.creation.create(client, {
      ...call,
      actor: registrant(call, token?.id ?? '', token?.label),
      via: { type: 'registration', policy: policy.name, token: token?.label },
      givesToken: policy.givesRegistrationToken,
      around: (insert) => this.access.writing(entry, insert, { ...call, share }),
    });
    return { configuration: new ClientConfiguration(created, created.once, client), isNew: true };
  }

  /**
   * Returns the registration of a client.
   *
   * @param id the `client_id`
   * @param call with the registration access token of the client, which the answer shows again
   * @throws OAuthError 401 unless the token is that of the client
   */
  async read(id: string, call: RegistrationCall): Promise<ClientConfiguration> {
    const { statements, url } = this.registry.parts;
    const executor = statements.within(call.manager);
    const { current, by } = admitted(await statements.load(id, executor), call);
    // The client uses its new token, so it has received it: it no longer needs the former one.
    if (by === 'current' && current.token.former) await statements.endFormerToken(current, executor);
    return new ClientConfiguration(current, {
      registration_access_token: call.token,
      registration_client_uri: url.of(id),
    });
  }

  /**
   * Replaces the members that a client may set, and its registration access token. Members that only an administrator sets stay as they are.
   *
   * @param id the `client_id`
   * @param body as for {@link register}; it may hold the `client_id` and a secret of the client
   * @param call with the registration access token of the client
   * @returns the client, with a new registration access token, and with a new secret if its method has begun to need one
   * @throws OAuthError 401 unless the token is that of the client, 400 with every fault of the body, 412 when `ifMatch` names another state, 429
   * when too many wrong secrets came from this address, or when the client has changed itself too often within the hour
   */
  async replace(id: string, body: ClientBody, call: RegistrationCall): Promise<ClientConfiguration> {
    const { writer, url, softwareStatements, ...parts } = this.registry.parts;
    const preparation = parts.preparation.begin(id, call);
    const slow = new SlowWork();
    const isSecret = slow.of((secret: string) => this.isSecretOf(id, secret, call));
    const token = issueToken(REGISTRATION_TOKEN_PREFIX);
    const members = once(() => registrationMembers(body));
    const presentedUnder = slow.of((policy: string) =>
      softwareStatements.read(members(), this.access.policies.named(policy).statementIssuers),
    );
    const replacing = async (current: EditableClient): Promise<Edited> => {
      const { metadata: before } = current;
      const policy = this.access.policies.named(policyOf(current.client));
      const { input, sent } = await readRegistration(presentedUnder(policy.name).membersFor(before), call, false);
      const { client_id: sentId, client_secret: secret } = input;
      requireNoFaults(RegistrationInput, [
        ...(sentId === '' || sentId === id ? [] : [otherClientId()]),
        ...(secret === '' || isSecret(secret) ? [] : [otherSecret()]),
      ]);
      const client = await resulting(policy, { before, sent, result: input }, parts.preparation);
      const presented = tokenDigest(call.token ?? '');
      return {
        ...changed(current, client, preparation),
        token: replacedToken(current.token, token.digest, presented, this.grace),
      };
    };
    const options = { ...call, actor: registrant(call, id), admission: admission(call) };
    const { now, once: shown } = await this.limits.changing(id, () =>
      preparation.during(() => writer.edit(id, options, replacing)),
    );
    return new ClientConfiguration(now, {
      ...shown,
      registration_access_token: token.clear,
      registration_client_uri: url.of(id),
    });
  }

  /**
   * Removes a client with its secrets and its registration access token, as an administrator does.
   *
   * @param id the `client_id`
   * @param call with the registration access token of the client
   * @throws OAuthError 401 unless the token is that of the client, 412 when `ifMatch` names another state
   */
  remove(id: string, call: RegistrationCall): Promise<void> {
    const options = { ...call, actor: registrant(call, id), admission: admission(call) };
    return this.registry.parts.writer.remove(id, options);
  }

  private async isSecretOf(id: string, secret: string, { address }: RegistrationCall): Promise<boolean> {
    const { candidates, proofs } = this.registry.parts;
    const candidate = await candidates.find(id);
    return proofs.isSecretOf(id, secret, candidate?.secrets ?? [], address);
  }
}

/** Returns the name of the policy under which a client registered itself; `undefined` for one that was created in another way. */
function policyOf({ registeredVia }: EditableClient['client']): string | undefined {
  return registeredVia === null ? undefined : (JSON.parse(registeredVia) as RegisteredVia).policy;
}

/**
 * Returns the client that results from a registration, with the grants and response types that follow from each other.
 *
 * @throws OAuthError 400 with a fault for each member that the policy rejects, or for each rule that the client breaks
 */
async function resulting(
  policy: RegistrationPolicy,
  change: PolicedChange,
  { rules }: ClientPreparation,
): Promise<ClientInput> {
  const { before } = change;
  const input: ClientInput = { ...UNSET, ...policy.judge(change), client_id: '', client_secret: '' };
  const expiry = secretExpiryLiesAhead(before?.client_secret_expires_at);
  await requireRules(ClientInput, input, [...rules, ...registrationRules(before, policy.grantRules), expiry]);
  return withUses(input, before, policy.grantRules);
}

/**
 * Returns a client with new metadata. A method without secrets ends them; a method with secrets gets a first one, since the client could get it
 * nowhere else.
 */
function changed(
  { metadata, secrets }: EditableClient,
  next: ClientMetadata,
  { issue, requireSector }: Preparation,
): Edited {
  requireSector(next, metadata);
  if (!usesSecret(next)) return { metadata: next, secrets: [] };
  const [newest, ...older] = secrets;
  if (newest) return { metadata: next, secrets: [endingAt(newest, next.client_secret_expires_at), ...older] };
  const { clear, row } = issue('', '');
  return {
    metadata: next,
    secrets: [endingAt(row, next.client_secret_expires_at)],
    once: { client_secret: clear },
  };
}
