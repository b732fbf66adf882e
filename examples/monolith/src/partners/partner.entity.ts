import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A company that sells through the shop, with an OAuth client of its own. */
@Entity({ name: 'shop_partner' })
export class Partner {
  @PrimaryColumn({ type: 'varchar' })
  name!: string;

  @Column({ name: 'client_id', type: 'varchar' })
  clientId!: string;
}
