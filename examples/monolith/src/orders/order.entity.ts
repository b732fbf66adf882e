import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What somebody has ordered. */
@Entity({ name: 'shop_order' })
export class Order {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar' })
  article!: string;

  @Column({ type: 'integer' })
  quantity!: number;
}
