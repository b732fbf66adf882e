import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who sells through the shop, by an OAuth client of their own. */
@Entity({ name: 'shop_partner' })
export class Partner {
  @PrimaryColumn({ type: 'varchar' })
  name!: string;

  @Column({ name: 'client_id', type: 'varchar' })
  clientId!: string;
}
