import { Module } from '@nestjs/common';
import { Users } from './users.js';

/** Provides the users that the guards look up. */
@Module({ providers: [Users], exports: [Users] })
export class AccessModule {}
