import { Module } from '@nestjs/common';
import { PublicListener } from './public-listener.js';
import { Shutdown } from './shutdown.js';

/** Provides the public listener, and the shutdown of all listeners. */
@Module({ providers: [PublicListener, Shutdown] })
export class ListenerModule {}
