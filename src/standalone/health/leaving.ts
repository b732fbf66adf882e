import { Injectable } from '@nestjs/common';

/** Whether the service is about to end: balancers should send it no further requests. */
@Injectable()
export class Leaving {
  private hasBegun = false;

  /** Declares that the service ends soon. */
  begin(): void {
    this.hasBegun = true;
  }

  /** Whether {@link begin} has been called. */
  get isTrue(): boolean {
    return this.hasBegun;
  }
}
