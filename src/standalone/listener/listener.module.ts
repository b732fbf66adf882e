import { Module } from '@nestjs/common';
import { Shutdown } from './shutdown.js';

/** Provides the end of the listener. */
@Module({ providers: [Shutdown] })
export class ListenerModule {}
