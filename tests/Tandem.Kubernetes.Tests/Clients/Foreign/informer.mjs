// An informer of the official JavaScript client: prints what it believes to be there whenever that changes.
import { KubeConfig, CoreV1Api, makeInformer, ADD, UPDATE, DELETE, ERROR } from '@kubernetes/client-node';

const config = new KubeConfig();
config.loadFromFile(process.env.KUBECONFIG);
const api = config.makeApiClient(CoreV1Api);
const present = new Map();
const informer = makeInformer(config, '/api/v1/namespaces/default/configmaps', () => api.listNamespacedConfigMap({ namespace: 'default' }));

function show() {
  console.log([...present].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`).join(' '));
}

for (const event of [ADD, UPDATE])
  informer.on(event, (object) => { present.set(object.metadata.name, object.data?.v ?? ''); show(); });
informer.on(DELETE, (object) => { present.delete(object.metadata.name); show(); });
informer.on(ERROR, (error) => {
  console.error(`again after: ${error?.message ?? error}`);
  setTimeout(begin, 200);
});

// A list may meet a server that is away; then nobody tells of an error but the list itself.
async function begin() {
  try {
    await informer.start();
  } catch (error) {
    console.error(error.message);
    setTimeout(begin, 200);
  }
}

await begin();
