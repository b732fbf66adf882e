import { Injectable, type OnModuleInit } from '@nestjs/common';

/**
 * Mounts Swagger UI at the right time. Nest calls `onModuleInit` after it has added the routes of the controllers, which
 * Express then tries first, and before it adds the handler that answers 404.
 */
@Injectable()
export class DocsMount implements OnModuleInit {
  /** Mounts the pages; set by the code that creates the application. Default: does nothing. */
  mount: () => void = () => undefined;

  onModuleInit(): void {
    this.mount();
  }
}
