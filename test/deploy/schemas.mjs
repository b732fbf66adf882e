// Each file of deploy/ is what the published schema of its kind says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse, parseAllDocuments } from 'yaml';
import { check } from '../package/checks.mjs';
import { ROOT, run, temporaryFolder } from '../package/workspace.mjs';

const KUBERNETES = join(ROOT, 'deploy/kubernetes');

/** The text of a file of the project. */
export const read = (path) => readFileSync(join(ROOT, path), 'utf8');

/** deploy/compose.yaml, with what its anchors stand for. */
export const COMPOSE = parse(read('deploy/compose.yaml'), { merge: true });

const schema = (name) => JSON.parse(read(`test/deploy/schemas/${name}.json`));

/** Structural schemas of Kubernetes refuse unknown members without saying so in each object. */
function closed(node) {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map(closed);
  const entries = Object.entries(node).map(([key, value]) => [key, closed(value)]);
  const isOpen = typeof node.properties !== 'object' || 'additionalProperties' in node;
  return Object.fromEntries(isOpen ? entries : [...entries, ['additionalProperties', false]]);
}

function judge(about, ajv, wanted, document) {
  const validate = addFormats.default(ajv).compile(wanted);
  check(about, validate(document), validate.errors);
}

/** All resources in the folder, with the names of their files. */
function manifests() {
  return readdirSync(KUBERNETES)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) =>
      parseAllDocuments(readFileSync(join(KUBERNETES, name), 'utf8')).map((one) => ({ name, document: one.toJS() })),
    );
}

/** What is no resource of Kubernetes's own is judged elsewhere. */
const OTHERS = ['kustomization.yaml', 'service-monitor.yaml'];

async function checkKubernetes() {
  const folder = temporaryFolder('deploy');
  const bin = join(folder, 'python', 'bin');
  const requirements = join(ROOT, 'test/deploy/requirements.txt');
  await run(folder, 'python3', '-m', 'venv', 'python');
  await run(folder, join(bin, 'pip'), 'install', '--quiet', '--no-compile', '-r', requirements);
  const files = [...new Set(manifests().map(({ name }) => name))].filter((name) => !OTHERS.includes(name));
  for (const name of files) {
    const judged = run(KUBERNETES, join(bin, 'kubernetes-validate'), '--strict', '-k', '1.35', name);
    const fault = await judged.then(() => undefined).catch(({ message }) => message);
    check(`${name} is what Kubernetes 1.35 takes`, fault === undefined, fault);
  }
  const { resources, secretGenerator, images } = parse(read('deploy/kubernetes/kustomization.yaml'));
  const others = files.concat('service-monitor.yaml').toSorted();
  check('kustomization.yaml names each file', `${resources.toSorted()}` === `${others}`, resources);
  checkReferences(secretGenerator[0], images[0].name);
}

/** Labels, ports and secrets that one resource has by the name that another gives. */
function checkReferences(secret, image) {
  const of = (kind) => manifests().filter(({ document }) => document.kind === kind);
  const [{ document: deployment }] = of('Deployment');
  const [{ document: job }] = of('Job');
  const serving = of('Service').map(({ document }) => document);
  const [service] = serving;
  const [{ document: monitor }] = of('ServiceMonitor');
  const pods = [deployment, job].map(({ spec }) => spec.template);
  const keys = secret.files.map((file) => file.replace('secrets/', ''));
  for (const { metadata, spec } of pods) {
    const [container] = spec.containers;
    const mounted = spec.volumes[0].secret;
    const place = container.volumeMounts[0].mountPath;
    const named = container.env.filter(({ name }) => name.endsWith('_FILE')).map(({ value }) => value);
    const there = named.every((path) => keys.some((key) => path === `${place}/${key}`));
    check(`${metadata.labels['app.kubernetes.io/name']}: its secrets are mounted`, there && named.length > 0, named);
    check(
      'and it names the secret and the image that are made',
      mounted.secretName === secret.name && container.image === image,
    );
  }
  const [{ metadata, spec }] = pods;
  const ports = spec.containers[0].ports.map(({ name }) => name);
  const chosen = [
    ...serving.map(({ spec: { selector } }) => selector),
    monitor.spec.selector.matchLabels,
    of('PodDisruptionBudget')[0].document.spec.selector.matchLabels,
  ];
  const label = JSON.stringify(metadata.labels);
  check(
    'all that choose the pods choose their label',
    chosen.every((one) => JSON.stringify(one) === label),
    chosen,
  );
  check(
    'each Service names ports of the pods',
    serving.every((one) => one.spec.ports.every(({ targetPort }) => ports.includes(targetPort))),
  );
  const [admin, open] = serving.map((one) => one.spec.ports.map(({ name }) => name));
  check('and none of them has both listeners', !admin.includes('public') && `${open}` === 'public', [admin, open]);
  const scraped = service.spec.ports.some(({ name }) => name === monitor.spec.endpoints[0].port);
  check('Prometheus asks at a port of the Service', scraped);
  const graceful = (name) => Number(spec.containers[0].env.find((one) => one.name === name)?.value ?? 10_000);
  const needed = graceful('SHUTDOWN_DELAY') + graceful('SHUTDOWN_TIMEOUT');
  check('a pod has the time that its end takes', spec.terminationGracePeriodSeconds * 1000 > needed, needed);
}

/** Compares every file with its schema. */
export async function checkSchemas() {
  const raw = parse(read('deploy/compose.yaml'), { merge: true });
  judge(
    'compose.yaml is what the Compose Specification says',
    new Ajv2020({ strict: false }),
    schema('compose-spec'),
    raw,
  );
  const monitor = parse(read('deploy/kubernetes/service-monitor.yaml'));
  const { apiVersion, kind, metadata, ...rest } = monitor;
  check(
    'service-monitor.yaml is a ServiceMonitor',
    `${apiVersion} ${kind}` === 'monitoring.coreos.com/v1 ServiceMonitor' && metadata.name,
  );
  const wanted = closed(schema('servicemonitor'));
  delete wanted.required;
  judge(
    'and is what the Prometheus Operator takes',
    new Ajv({ strict: false, formats: { int32: true, int64: true } }),
    wanted,
    rest,
  );
  await checkKubernetes();
}
