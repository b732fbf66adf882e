import { Module } from '@nestjs/common';
import { KeysController } from '../../keys/keys.controller.js';
import { KeysModule } from '../../keys/keys.module.js';
import { InitialAccessTokensModule } from '../../registration/tokens/initial-access-tokens.module.js';
import { RegistrationTokensController } from '../../registration/tokens/registration-tokens.controller.js';
import { AccessModule } from './access.module.js';
import { KeysAtStart } from './keys-at-start.js';

/** The routes of API keys and of initial access tokens. They stand apart from the keys, since the guard that asks the keys guards the routes too. */
@Module({
  imports: [AccessModule, KeysModule, InitialAccessTokensModule],
  controllers: [KeysController, RegistrationTokensController],
  providers: [KeysAtStart],
})
export class KeysApiModule {}
