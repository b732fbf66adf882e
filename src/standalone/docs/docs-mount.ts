import { Injectable, type OnModuleInit } from '@nestjs/common';

/**
 * The moment at which the pages are mounted: Express tries its routes in turn, so those of the API come first. Nest calls
 * this after the controllers have their routes and before everything else is answered with 404.
 */
@Injectable()
export class DocsMount implements OnModuleInit {
  /** Mounts the pages; set by whoever has the application in hand. Default: there are none. */
  mount: () => void = () => undefined;

  onModuleInit(): void {
    this.mount();
  }
}
