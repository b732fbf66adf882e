import type { ConfigurableModuleOptionsFactory } from '@nestjs/common';
import { Matches } from 'class-validator';
import { AuthenticationOptions, type AuthenticationModuleOptions } from '../authentication/authentication.options.js';
import { OutboundOptions } from '../http/outbound/guarded-fetch.js';
import { JournalOptions } from '../journal/chain/journal.options.js';
import { SecretsOptions } from '../secrets/secrets.options.js';
import { LifespanOptions } from './lifespans/lifespan.options.js';
import { RemovalOptions } from './store/removal.options.js';
import { withDefaults } from './checked-options.js';

/** Accepts a value of {@link ClientsOptions.publicUrl}. */
export function BaseUrl(): PropertyDecorator {
  return Matches(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*[^\s?#/])?$/, {
    message: 'must be an http or https URL without a trailing slash',
  });
}

/** The options of the registry, checked and complete. */
export class ClientsOptions {
  /** Base URL of the listener for dynamic registration, without a trailing slash. Default `http://127.0.0.1:4444`. */
  @BaseUrl()
  publicUrl = 'http://127.0.0.1:4444';

  /** How secrets are kept. Default: the defaults of {@link SecretsOptions}. */
  secrets = new SecretsOptions();

  /** How clients are authenticated. Default: the defaults of {@link AuthenticationOptions}. */
  authentication = new AuthenticationOptions();

  /** How the journal is kept. Default: the defaults of {@link JournalOptions}. */
  journal = new JournalOptions();

  /** How long removed clients are kept. Default: the defaults of {@link RemovalOptions}. */
  removal = new RemovalOptions();

  /** Lifespans of tokens for which the client sets none. Default: the defaults of {@link LifespanOptions}. */
  lifespans = new LifespanOptions();

  /** Limits on fetching a `sector_identifier_uri`. Default: the defaults of {@link OutboundOptions}, public addresses only. */
  outbound = new OutboundOptions();
}

/**
 * The options that an application may pass to the registry, the members of {@link ClientsOptions}; a member that is left out has its
 * default.
 */
export type ClientsModuleOptions = Partial<
  Omit<ClientsOptions, 'secrets' | 'authentication' | 'journal' | 'removal' | 'lifespans' | 'outbound'> & {
    /** How secrets are kept. */
    secrets: Partial<SecretsOptions>;
    /** How clients are authenticated. */
    authentication: AuthenticationModuleOptions;
    /** How the journal is kept. */
    journal: Partial<JournalOptions>;
    /** How long removed clients are kept. */
    removal: Partial<RemovalOptions>;
    /** Lifespans of tokens for which the client sets none. */
    lifespans: Partial<LifespanOptions>;
    /** Limits on fetching a `sector_identifier_uri` (OpenID Connect Registration §8.1). */
    outbound: Partial<OutboundOptions>;
  }
>;

/** Interface of a class for `useClass` or `useExisting` of `forRootAsync`, which returns the options of the module. */
export type ClientsOptionsFactory = ConfigurableModuleOptionsFactory<ClientsModuleOptions, 'createClientsOptions'>;

/**
 * Checks the options of the module and fills in the missing ones.
 *
 * @throws ClientsOptionsError
 */
export function readOptions(given: ClientsModuleOptions): ClientsOptions {
  return withDefaults(new ClientsOptions(), given);
}
