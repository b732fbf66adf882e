export { default } from './src/standalone/data-source.js';
