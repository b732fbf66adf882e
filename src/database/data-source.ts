import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readConfig } from '../config/config.js';
import { dataSourceOptions } from './data-source-options.js';

/** The DataSource of the environment, for TypeORM's own tools. */
export default new DataSource(dataSourceOptions(readConfig(process.env).DATABASE_URL, false));
