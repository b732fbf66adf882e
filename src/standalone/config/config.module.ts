import { Global, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule, ConfigService } from '@nestjs/config';
import { Config } from './config.js';
import { processConfig } from './environment.js';

/** Offers {@link Config}, from the environment and a `.env` file beside the process. */
@Global()
@Module({
  imports: [NestConfigModule.forRoot({ ignoreEnvFile: true, load: [() => ({ config: processConfig() })] })],
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
