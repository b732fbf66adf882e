import { Global, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, ConfigService } from '@nestjs/config';
import { Config, readConfig } from './config.js';

/** Offers {@link Config}, from the environment and a `.env` file beside the process. */
@Global()
@Module({
  imports: [NestConfigModule.forRoot({ validate: (environment) => ({ config: readConfig(environment) }) })],
  providers: [
    {
      provide: Config,
      inject: [ConfigService],
      useFactory: (service: ConfigService) => service.getOrThrow<Config>('config'),
    },
  ],
  exports: [Config],
})
export class ConfigModule {}
