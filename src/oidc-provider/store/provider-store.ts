import { Injectable } from '@nestjs/common';
import { ArtifactAdapter } from './artifact-adapter.js';
import { ProviderArtifacts } from './provider-artifacts.js';

/** Stores everything that a provider keeps except clients: tokens, codes, grants, sessions, interactions. */
@Injectable()
export class ProviderStore {
  /** @internal */
  constructor(private readonly artifacts: ProviderArtifacts) {}

  /**
   * Makes the adapter of one model, for the provider's `adapter`.
   *
   * @param model name of the model, such as `AccessToken`
   */
  readonly adapter = (model: string): ArtifactAdapter => new ArtifactAdapter(model, this.artifacts);
}
