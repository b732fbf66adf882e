import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An order of a customer. */
@Entity({ name: 'shop_order' })
export class Order {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar' })
  article!: string;

  @Column({ type: 'integer' })
  quantity!: number;
}
