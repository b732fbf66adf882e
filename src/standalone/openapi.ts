import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { apiDocument } from './app.setup.js';

// Writes the OpenAPI document to `openapi.json`; with `--check` it only reports whether the committed one is out of date.
const FILE = 'openapi.json';
const app = await NestFactory.create<NestExpressApplication>(AppModule, {
  logger: false,
  preview: true,
  abortOnError: false,
});
const text = `${JSON.stringify(apiDocument(app), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is out of date: run npm run openapi and commit it.`);
  process.exitCode = 1;
}
