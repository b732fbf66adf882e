import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ClientActivity } from '../clients/activity/client-activity.js';
import { Candidates } from '../authentication/candidates.js';
import { ClientKeySets } from '../authentication/keys/client-key-sets.js';
import { SecretProofs } from '../authentication/secret-proofs.js';
import { ClientsOptionsError } from '../clients/checked-options.js';
import { joined, registriesOf } from '../clients/mount/clients-mount.js';
import { RemovalOptions } from '../clients/store/removal.options.js';
import { ClientStatements } from '../clients/store/client.statements.js';
import { REGISTER, RegistrationUrl } from '../clients/tokens/registration-url.js';
import { ClientCreation } from '../clients/writing/client-creation.js';
import { ClientEvents } from '../clients/writing/client-events.js';
import { ClientPreparation } from '../clients/writing/client-preparation.js';
import { ClientWriter } from '../clients/writing/client.writer.js';
import { RegistrationMount } from './registration-mount.js';
import type { UnusedClientParts } from './sweeping/unused-clients.js';
import { SoftwareStatements } from './statements/software-statements.js';

/** The parts of a registry that registration works with. */
export interface RegistryParts extends UnusedClientParts {
  creation: ClientCreation;
  preparation: ClientPreparation;
  writer: ClientWriter;
  candidates: Candidates;
  proofs: SecretProofs;
  url: RegistrationUrl;
  softwareStatements: SoftwareStatements;
}

/** The registry that a `RegistrationModule` belongs to: the `ClientsModule` of the application that has the same DataSource. */
@Injectable()
export class Registry implements OnModuleInit {
  #parts?: RegistryParts;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly mount: RegistrationMount,
  ) {}

  /**
   * Finds the parts once all providers exist.
   *
   * @throws ClientsOptionsError when there is no such registry, or more than one
   */
  onModuleInit(): void {
    const { dataSource } = this.mount;
    const [found, another] = registriesOf(this.modules).filter(({ mount }) => mount.dataSource === dataSource);
    const about = dataSource === undefined ? '' : ` with dataSource: '${dataSource}'`;
    if (!found)
      throw new ClientsOptionsError(
        `RegistrationModule found no registry${about}: import ClientsModule.forRoot({ … }) into the application, and give both the same dataSource.`,
      );
    if (another)
      throw new ClientsOptionsError(
        `RegistrationModule found two registries${about}: import ClientsModule once for each DataSource.`,
      );
    this.requireOwnPath();
    const { get } = found;
    this.#parts = {
      creation: get(ClientCreation),
      preparation: get(ClientPreparation),
      writer: get(ClientWriter),
      statements: get(ClientStatements),
      activity: get(ClientActivity),
      events: get(ClientEvents),
      removal: get(RemovalOptions),
      candidates: get(Candidates),
      proofs: get(SecretProofs),
      url: get(RegistrationUrl),
      softwareStatements: new SoftwareStatements(get(ClientKeySets)),
    };
  }

  /** @throws ClientsOptionsError when another registration of the application has the same path */
  private requireOwnPath(): void {
    const { controllers, routePrefix } = this.mount;
    const mounts = [...this.modules.values()].map(
      ({ providers }): unknown => providers.get(RegistrationMount)?.instance,
    );
    const path = joined(routePrefix, REGISTER);
    const isTaken = mounts.some(
      (other) =>
        other instanceof RegistrationMount &&
        other !== this.mount &&
        other.controllers &&
        // In lower case, since Express ignores the case of paths.
        joined(other.routePrefix, REGISTER).toLowerCase() === path.toLowerCase(),
    );
    if (controllers && isTaken)
      throw new ClientsOptionsError(
        `Two RegistrationModules are mounted under ${path}: give one of them another routePrefix, or controllers: false.`,
      );
  }

  /** The parts, once the application is initialised. */
  get parts(): RegistryParts {
    if (!this.#parts) throw new Error('Clients can be registered once the application is initialised.');
    return this.#parts;
  }
}
