import { Body, Controller, Get, Module, Param, ParseIntPipe, Post, NotFoundException, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiProperty, ApiTags } from '@nestjs/swagger';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { IsInt, IsString, Length, Max, Min } from 'class-validator';
import type { Repository } from 'typeorm';
import { AccessModule } from '../access/access.module.js';
import { LoginGuard } from '../access/login.guard.js';
import { Order } from './order.entity.js';

/** The body of a request that creates an order. */
export class OrderInput {
  @ApiProperty()
  @IsString()
  @Length(1, 100)
  article!: string;

  @ApiProperty()
  @IsInt()
  @Min(1)
  @Max(1000)
  quantity!: number;
}

@ApiTags('orders')
@ApiBearerAuth()
@Controller('orders')
@UseGuards(LoginGuard)
export class OrdersController {
  constructor(@InjectRepository(Order) private readonly orders: Repository<Order>) {}

  @Post()
  create(@Body() input: OrderInput): Promise<Order> {
    return this.orders.save({ ...input });
  }

  @Get()
  list(): Promise<Order[]> {
    return this.orders.find({ order: { id: 'ASC' } });
  }

  @Get(':id')
  async get(@Param('id', ParseIntPipe) id: number): Promise<Order> {
    const order = await this.orders.findOneBy({ id });
    if (!order) throw new NotFoundException('There is no such order.');
    return order;
  }
}

/** Provides orders, the business of the shop. */
@Module({ imports: [AccessModule, TypeOrmModule.forFeature([Order])], controllers: [OrdersController] })
export class OrdersModule {}
