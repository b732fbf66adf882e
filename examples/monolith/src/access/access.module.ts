import { Module } from '@nestjs/common';
import { Users } from './users.js';

/** What the guards need. */
@Module({ providers: [Users], exports: [Users] })
export class AccessModule {}
