// The image is the host of the package, so it must install the package's peer dependencies itself. This script moves them
// from devDependencies, whose versions the lock file holds, to dependencies.
import { readFileSync, writeFileSync } from 'node:fs';

const about = JSON.parse(readFileSync('package.json', 'utf8'));
for (const name of Object.keys(about.peerDependencies)) {
  const range = about.devDependencies[name];
  delete about.devDependencies[name];
  // Not every peer is needed: a second SQLite driver has no version here, and no code of the image listens to events.
  if (range && name !== '@nestjs/event-emitter') about.dependencies[name] = range;
}
delete about.peerDependencies;
delete about.peerDependenciesMeta;
writeFileSync('package.json', JSON.stringify(about, null, 2));
