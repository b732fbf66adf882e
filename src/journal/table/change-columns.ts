import type { PreparedDatabase } from '../../database/sql/prepared-database.js';
import { ClientChange } from './client-change.entity.js';

/**
 * Returns the columns of a change for SELECT, named as the members of its entity.
 *
 * @param table alias of the table. Default none
 * @param left members to leave out. Default none
 */
export function changeColumns(
  database: PreparedDatabase,
  table?: string,
  left: readonly (keyof ClientChange)[] = [],
): string {
  return database
    .columns(ClientChange)
    .filter(({ property }) => !left.includes(property as keyof ClientChange))
    .map(({ name, property }) => `${table === undefined ? '' : `${table}.`}${name} AS "${property}"`)
    .join(', ');
}
