import { Module } from '@nestjs/common';
import { KeysController } from '../../keys/keys.controller.js';
import { KeysModule } from '../../keys/keys.module.js';
import { AccessModule } from './access.module.js';
import { KeysAtStart } from './keys-at-start.js';

/** The routes of API keys. They are a module apart from the keys, since the guard of these routes itself depends on the keys. */
@Module({
  imports: [AccessModule, KeysModule],
  controllers: [KeysController],
  providers: [KeysAtStart],
})
export class KeysApiModule {}
