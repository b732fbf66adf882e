// The package as others get it: its tarball, projects that it is put into, Nest's own templates, what it loads, the image, and
// the examples.
import { startPostgres } from '../support/postgres.mjs';
import { checkAuthorizationServer } from './authorization-server.mjs';
import { check, conclude } from './checks.mjs';
import { CONSUMERS, checkConsumer } from './consumers.mjs';
import { checkImage } from './image.mjs';
import { checkLoads } from './loads.mjs';
import { checkMonolith } from './monolith.mjs';
import { checkTarball } from './tarball.mjs';
import { checkTemplate, TEMPLATES } from './templates.mjs';
import { pack, temporaryFolder } from './workspace.mjs';

/** A suite that breaks is a check that failed, and the others go on. */
async function attempt(about, suite) {
  try {
    return await suite();
  } catch (error) {
    check(about, false, error.message);
    return undefined;
  }
}

const folder = temporaryFolder('package');
const packed = await pack(folder);
// Beside the rest: much of its time goes into downloads.
const templates = (async () => {
  for (const template of TEMPLATES)
    await attempt(`Nest ${template.major}'s template`, () => checkTemplate(packed.tarball, template));
})();
await attempt('the tarball', () => checkTarball(packed, folder));
for (const consumer of CONSUMERS) {
  const { major } = consumer;
  await attempt(`a project with Nest ${major}`, async () => {
    const project = await checkConsumer(packed.tarball, consumer);
    if (major === 12) await checkLoads(project);
  });
}
const postgres = await startPostgres();
try {
  const names = ['image', 'provider', 'express', 'fastify'];
  for (const name of names) await postgres.createDatabase(name);
  const [image, provider, ...shops] = names.map((name) => postgres.url + name);
  await attempt('the image', () => checkImage(image));
  await attempt('the shop', () => checkMonolith(packed.tarball, shops));
  await attempt('the authorization server', () => checkAuthorizationServer(packed.tarball, provider));
} finally {
  await postgres.stop();
}
await templates;
conclude();
