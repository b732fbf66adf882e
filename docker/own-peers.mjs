// The image is the package's host: what the package leaves to its host, in the versions of the lock file, becomes its own.
import { readFileSync, writeFileSync } from 'node:fs';

const about = JSON.parse(readFileSync('package.json', 'utf8'));
for (const name of Object.keys(about.peerDependencies)) {
  const range = about.devDependencies[name];
  delete about.devDependencies[name];
  // Of the drivers for SQLite one is enough, and no listener here needs events.
  if (range && name !== '@nestjs/event-emitter') about.dependencies[name] = range;
}
delete about.peerDependencies;
delete about.peerDependenciesMeta;
writeFileSync('package.json', JSON.stringify(about, null, 2));
