/** The HTTP adapter of the standalone service, for hosts on Express: it makes all their routes faster. */
export { PlainExpressAdapter } from './http/plain-express.adapter.js';
