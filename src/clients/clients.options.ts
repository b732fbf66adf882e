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

/** What an application decided about the registry that it hosts: checked, and complete. */
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

  /** What becomes of clients that are removed. Default: the defaults of {@link RemovalOptions}. */
  removal = new RemovalOptions();

  /** Lifespans of tokens for which the client has none. Default: the defaults of {@link LifespanOptions}. */
  lifespans = new LifespanOptions();

  /** What fetching a `sector_identifier_uri` may do. Default: the defaults of {@link OutboundOptions}, public addresses only. */
  outbound = new OutboundOptions();
}

/**
 * What an application may decide about the registry that it hosts, the members of {@link ClientsOptions}; what is left out
 * takes its default.
 */
export type ClientsModuleOptions = Partial<
  Omit<ClientsOptions, 'secrets' | 'authentication' | 'journal' | 'removal' | 'lifespans' | 'outbound'> & {
    /** How secrets are kept. */
    secrets: Partial<SecretsOptions>;
    /** How clients are authenticated. */
    authentication: AuthenticationModuleOptions;
    /** How the journal is kept. */
    journal: Partial<JournalOptions>;
    /** What becomes of clients that are removed. */
    removal: Partial<RemovalOptions>;
    /** Lifespans of tokens for which the client has none. */
    lifespans: Partial<LifespanOptions>;
    /** What fetching a `sector_identifier_uri` may do (OpenID Connect Registration §8.1). */
    outbound: Partial<OutboundOptions>;
  }
>;

/** What a class for `useClass` or `useExisting` of `forRootAsync` implements: it gives the options of the module. */
export type ClientsOptionsFactory = ConfigurableModuleOptionsFactory<ClientsModuleOptions, 'createClientsOptions'>;

/**
 * Checks the options of the module and fills in what they leave out.
 *
 * @throws ClientsOptionsError
 */
export function readOptions(given: ClientsModuleOptions): ClientsOptions {
  return withDefaults(new ClientsOptions(), given);
}
