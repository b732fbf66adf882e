// npm run test:deploy: the files of deploy/ and the Dockerfile, as far as they can be tried without an engine of containers: each is
// compared with the schema of its kind, and what they run is run here, but for names and ports.
import { conclude } from '../package/checks.mjs';
import { checkCompose } from './compose.mjs';
import { checkImage } from './image.mjs';
import { checkSchemas } from './schemas.mjs';
import { checkUnit } from './systemd.mjs';

await checkSchemas();
await checkImage();
await checkUnit();
await checkCompose();
conclude();
