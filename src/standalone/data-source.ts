import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { processConfig } from './config/environment.js';
import { dataSourceOptions } from '../schema/data-source-options.js';

/** The DataSource of the environment, for TypeORM's own tools. */
export default new DataSource(dataSourceOptions(processConfig().DATABASE_URL, false));
