/** For applications on Express: the server that the standalone service runs on, which answers everything more quickly. */
export { PlainExpressAdapter } from './http/plain-express.adapter.js';
