import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One change of a client, in the audit trail. */
@Entity({ name: 'shop_audit_entry' })
export class AuditEntry {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar' })
  registry!: string;

  @Column({ type: 'varchar' })
  event!: string;

  @Column({ name: 'client_id', type: 'varchar' })
  clientId!: string;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'text' })
  document!: string;
}
