import { Injectable } from '@nestjs/common';

/** Whether the service is about to end: balancers should send it no further requests. */
@Injectable()
export class Leaving {
  private hasBegun = false;

  /** The service ends soon. */
  begin(): void {
    this.hasBegun = true;
  }

  /** Has that been said? */
  get isTrue(): boolean {
    return this.hasBegun;
  }
}
