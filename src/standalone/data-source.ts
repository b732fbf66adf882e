import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { processConfig } from './config/environment.js';
import { dataSourceOptions } from '../schema/data-source-options.js';

/** The DataSource that the environment configures, for TypeORM's command line and for `migrate`. */
export default new DataSource(dataSourceOptions(processConfig().DATABASE_URL, false));
