import { Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnswerHeaders, JsonText, send, type Reply } from '../http/answer.js';
import { RequestBody } from '../http/request-body.decorator.js';
import type { JsonSource } from '../json/json-body.js';
import { OAuthApi } from '../oauth-error/oauth-api.decorator.js';
import { Registrant, type RegistrationRequest } from './registration-call.js';
import { ReadsRegistration, RegistersClient, RemovesRegistration, ReplacesRegistration } from './registration.docs.js';
import { RegistrationService } from './registration.service.js';

/** The routes by which clients register and manage themselves; a module gives them their path. */
@ApiTags('registration')
@OAuthApi()
export class RegistrationController {
  constructor(private readonly registration: RegistrationService) {}

  @Post()
  @JsonText()
  @RegistersClient()
  async register(
    @RequestBody() body: JsonSource,
    @Registrant() call: RegistrationRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const registered = await this.registration.register(body, call);
    call.about(registered.id);
    if (registered.place !== undefined) reply.header('Location', registered.place);
    return send(reply, registered);
  }

  @Get(':id')
  @JsonText()
  @ReadsRegistration()
  async read(
    @Param('id') id: string,
    @Registrant() call: RegistrationRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const found = await this.registration.read(id, call);
    call.about(id);
    return send(reply, found);
  }

  @Put(':id')
  @JsonText()
  @ReplacesRegistration()
  async replace(
    @Param('id') id: string,
    @RequestBody() body: JsonSource,
    @Registrant() call: RegistrationRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<string> {
    const replaced = await this.registration.replace(id, body, call);
    call.about(id);
    return send(reply, replaced);
  }

  @Delete(':id')
  @HttpCode(204)
  @AnswerHeaders()
  @RemovesRegistration()
  async remove(@Param('id') id: string, @Registrant() call: RegistrationRequest): Promise<void> {
    await this.registration.remove(id, call);
    call.about(id);
  }
}
