import { Body, Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsArray, IsOptional, IsString, Length } from 'class-validator';
import { AccessModule } from '../access/access.module.js';
import { OperatorGuard } from '../access/login.guard.js';
import { RegistryModule } from '../registry/registry.module.js';
import { CreditAgency } from './credit-agency.js';
import type { Partner } from './partner.entity.js';
import { PartnersService, type Onboarded } from './partners.service.js';

/** The body of a request that adds a partner. */
export class PartnerInput {
  @ApiProperty()
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  redirect_uris?: string[];
}

@ApiTags('partners')
@ApiBearerAuth()
@Controller('partners')
@UseGuards(OperatorGuard)
export class PartnersController {
  constructor(private readonly partners: PartnersService) {}

  @Post()
  create(@Body() { name, redirect_uris }: PartnerInput): Promise<Onboarded> {
    return this.partners.onboard(name, redirect_uris ?? []);
  }

  @Get()
  list(): Promise<Partner[]> {
    return this.partners.list();
  }
}

/** Provides partners. It is the only module of the shop that creates clients. */
@Module({
  imports: [AccessModule, RegistryModule],
  providers: [PartnersService, CreditAgency],
  controllers: [PartnersController],
})
export class PartnersModule {}
