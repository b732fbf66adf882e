import { Body, Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsArray, IsOptional, IsString, Length } from 'class-validator';
import { AccessModule } from '../access/access.module.js';
import { OperatorGuard } from '../access/login.guard.js';
import { RegistryModule } from '../registry/registry.module.js';
import { CreditAgency } from './credit-agency.js';
import type { Partner } from './partner.entity.js';
import { PartnersService, type Onboarded } from './partners.service.js';

/** A partner as operators send it. */
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

/** Partners: the one module of the shop that knows what a client is. */
@Module({
  imports: [AccessModule, RegistryModule],
  providers: [PartnersService, CreditAgency],
  controllers: [PartnersController],
})
export class PartnersModule {}
