export { ClientsModule } from './clients/clients.module.js';
export { ClientsMount } from './clients/mount/clients-mount.js';
export { ClientsOptions, type ClientsModuleOptions, type ClientsOptionsFactory } from './clients/clients.options.js';
export { ClientsOptionsError } from './clients/checked-options.js';
export { ExpiryModule } from './expiry/expiry.module.js';
export { ExpiryMount } from './expiry/expiry-mount.js';
export { ClientsService } from './clients/clients.service.js';
export { ClientHistory, type ChangeReadOptions, type GetOptions } from './clients/history/client-history.js';
export { ClientChangeAnswer, type ChangeDetailView } from './clients/history/client-change.js';
export type { HistoryParameters } from './clients/history/history-page.js';
export type { RevertBody, RevertInput } from './clients/history/revert.dto.js';
export { Changes } from './journal/reading/changes.js';
export type { ChangesParameters } from './journal/reading/changes.query.js';
export { ChangePage } from './journal/reading/change.page.js';
export type { ActorView, ChangeSecretView, ChangeView } from './journal/reading/change.dto.js';
export { CHANGE_KINDS, type ChangeKind } from './journal/table/change-entry.js';
export { ClientSecretsService, type RevokeOptions } from './clients/client-secrets.service.js';
export { ClientStateService } from './clients/client-state.service.js';
export { RegistrationTokensService } from './clients/tokens/issuing/registration-tokens.service.js';
export {
  IssuedRegistrationToken,
  type RegistrationTokenView,
} from './clients/tokens/issuing/registration-token.dto.js';
export { ClientAuthenticator } from './authentication/client-authenticator.js';
export { AuthenticatedClient, type ProvedCredential } from './authentication/authenticated-client.js';
export { AssertionOptions, type AssertionModuleOptions } from './authentication/assertion/assertion.options.js';
export type { GrantRules } from './clients/metadata/standard/grants-and-responses.js';
export type { MemberName } from './registration/policy/policy-members.js';
export type { PolicyOffer } from './registration/policy/policy-offer.js';
export { PolicyRules, type MemberNames } from './registration/policy/policy-rules.js';
export {
  PolicyError,
  RegistrationPolicies,
  type OwnPolicy,
  type PoliciesByName,
} from './registration/policy/registration-policies.js';
export type { PolicedChange, RegistrationPolicy } from './registration/policy/registration-policy.js';
export type { StatementIssuer } from './registration/policy/statement-issuer.js';
export { RegistrationModule } from './registration/registration.module.js';
export { RegistrationMount } from './registration/registration-mount.js';
export { RegistrationLimits } from './registration/limits/registration-limits.js';
export { RegistrationOptions, type RegistrationModuleOptions } from './registration/registration.options.js';
export { InitialAccessTokensModule } from './registration/tokens/initial-access-tokens.module.js';
export { InitialAccessTokensMount } from './registration/tokens/initial-access-tokens-mount.js';
export {
  InitialAccessTokens,
  type InitialAccessTokenOptions,
  type MakeTokenOptions,
} from './registration/tokens/initial-access-tokens.js';
export type { KeyMaker } from './keys/api-key.dto.js';
export { MadeInitialAccessToken } from './registration/tokens/made-initial-access-token.js';
export type {
  InitialAccessTokenView,
  MadeInitialAccessTokenView,
} from './registration/tokens/initial-access-token.dto.js';
export { RegistrationService } from './registration/registration.service.js';
export type { RegistrationCall } from './registration/registration-call.js';
export { ClientConfiguration } from './registration/client-configuration.js';
export type { Origin, RegisteredVia } from './clients/metadata/origin/registered-via.js';
export { ClientKeySetReports } from './authentication/keys/client-key-set-reports.js';
export type { ClientKeySetView, ClientKeyView } from './authentication/keys/client-key-set.dto.js';
export { AuthenticationOptions, type AuthenticationModuleOptions } from './authentication/authentication.options.js';
export { CertificateOptions } from './authentication/mtls/certificate.options.js';
export type { TokenRequest } from './authentication/token-request.js';
export { ClientActivity, type UsedClient } from './clients/activity/client-activity.js';
export type { ActivityBody, ActivityReport, ClientActivityView, ReportedUse } from './clients/activity/activity.dto.js';
export { ClientLifespans } from './clients/lifespans/client-lifespans.js';
export type { EffectiveLifespan } from './clients/lifespans/effective-lifespan.dto.js';
export type { EffectiveLifespans, TokenKind } from './clients/lifespans/effective-lifespans.js';
export { LifespanOptions } from './clients/lifespans/lifespan.options.js';
export { Tombstones } from './clients/tombstones/tombstones.js';
export { TombstonePage } from './clients/tombstones/tombstone-page.js';
export type { TombstoneView } from './clients/tombstones/tombstone.dto.js';
export type { TombstonesParameters } from './clients/tombstones/tombstones.query.js';
export type { SuspensionInput, SuspensionView } from './clients/metadata/suspension.dto.js';
export type { Actor, Principal } from './access/principal.js';
export { AccessGuard } from './access/access.guard.js';
export { AUTHENTICATORS, type Authenticator } from './access/authenticator.js';
export type { Attempt } from './access/refusals/refusals.js';
export { actAs, type FastifyLike, type HttpRequest } from './access/principal-of.js';
export { SCOPES, type Scope } from './access/scopes.js';
export type { BodyOptions, CallOptions, ChangeOptions } from './access/call-options.js';
export { ClientAnswer, type ShownClient } from './clients/store/client-answer.js';
export type { ClientEvent, ClientEventSink, ClientEventType } from './clients/writing/client-events.js';
export type { ClientIdGenerator } from './clients/writing/client-id-generator.js';
export type { ClientInput, ClientView } from './clients/metadata/client.dto.js';
export type { ClientMetadata } from './clients/metadata/client-metadata.js';
export type { TokenLifespans } from './clients/metadata/members/token-lifespans.js';
export type {
  BodyOf,
  ClientBody,
  LifespansBody,
  MembersOf,
  PatchOperation,
  RemoveOperation,
  RotationBody,
  SecretBody,
  SourceOperation,
  SuspensionBody,
  ValueOperation,
} from './clients/metadata/client-bodies.js';
export type { JsonSource } from './json/json-body.js';
export type { ClientListParameters } from './clients/list/client-list.parameters.js';
export type {
  AddedSecret,
  AddedSecretView,
  RotationInput,
  SecretInput,
  SecretView,
} from './clients/metadata/client-secret.dto.js';
export { Client } from './clients/store/client.entity.js';
export { ClientPage } from './clients/list/client-list.page.js';
export { lifespanSeconds, parseLifespan } from './fields/lifespan.js';
export * from './schema/client-registry.schema.js';
export { runInTransaction } from './clients/store/run-in-transaction.js';
export { RemovalOptions } from './clients/store/removal.options.js';
export { JournalOptions } from './journal/chain/journal.options.js';
export { OutboundOptions } from './http/outbound/guarded-fetch.js';
export type { OutboundLookup } from './http/outbound/public-address.js';
export type { Answer, Page } from './http/answer.js';
export { readRegistryBodiesRaw } from './clients/mount/raw-bodies.js';
export { OAuthError, type Fault } from './oauth-error/oauth-error.js';
export type { SecretHasher } from './secrets/secret-hasher.js';
export { SecretsOptions } from './secrets/secrets.options.js';
export { SecretsService, type SecretVerdict } from './secrets/secrets.service.js';
