import { TestEnvironment } from 'jest-environment-node';
import { faultOfAnswer } from './document.mjs';

/**
 * Node, with {@link faultOfAnswer} as a global. Jest loads the environment once for each worker and everything else anew for each
 * file of tests, so schemas that are needed everywhere are compiled here.
 */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.faultOfAnswer = faultOfAnswer;
  }
}
