// What a program with the official JavaScript client does with a cluster; ends with an error at the first answer it does not expect.
import assert from 'node:assert/strict';
import * as k8s from '@kubernetes/client-node';

const namespace = 'javascript';
const patience = 90_000;

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const objects = k8s.KubernetesObjectApi.makeApiClient(config);

/** Asks until the answer is true. */
async function eventually(what, probe) {
  const end = Date.now() + patience;
  while (!(await probe())) {
    assert(Date.now() < end, `waited in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

async function configMaps() {
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  const seen = [];
  const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`,
    () => core.listNamespacedConfigMap({ namespace }));
  for (const kind of ['add', 'update', 'delete']) {
    informer.on(kind, object => object.metadata.name === 'color' && seen.push(`${kind} ${object.data.is}`));
  }
  informer.on('error', error => assert.equal(error.type, 'aborted')); // stop() aborts the watch
  await informer.start();
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'color' }, data: { is: 'blue' } } });
  await core.patchNamespacedConfigMap({ name: 'color', namespace, body: [{ op: 'replace', path: '/data/is', value: 'red' }] });
  await core.deleteNamespacedConfigMap({ name: 'color', namespace });
  await eventually('three events', () => seen.length >= 3);
  assert.deepEqual(seen, ['add blue', 'update red', 'delete red']);
  await informer.stop();
  await assert.rejects(core.readNamespacedConfigMap({ name: 'color', namespace }), error => error.code === 404);
}

async function anyObjects() {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace } };
  const made = await objects.create({ ...service, spec: { ports: [{ port: 80 }], selector: { app: 'web' } } });
  assert.match(made.spec.clusterIP, /^10\./);
  await assert.rejects(objects.create({ ...service, spec: { ports: [{ port: 0 }] } }), error => error.code === 422 || error.code === 409);
  await objects.patch({ ...service, metadata: { ...service.metadata, labels: { a: 'b' } } }, undefined, undefined, 'javascript', undefined,
    k8s.PatchStrategy.MergePatch);
  assert.equal((await objects.read(service)).metadata.labels.a, 'b');
  await objects.delete(service);
}

await configMaps();
await anyObjects();
await core.deleteNamespace({ name: namespace });
await eventually('the end of the namespace', async () => !(await core.listNamespace()).items.some(n => n.metadata.name === namespace));
console.log('done');
process.exit(0);
