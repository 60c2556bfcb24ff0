// Drives every call of Cloudflare's own SDK for load balancing against the server of the environment, and prints what came
// of it: an object a group of calls. The expectations are in OfficialSdkTests.cs.
import Cloudflare from 'cloudflare';

const { BASE_URL: baseURL, TOKEN: apiToken, ACCOUNT: account_id, ZONE: zone_id, ORIGIN: origin } = process.env;
const [address, port] = origin.split(':');
const client = new Cloudflare({ baseURL, apiToken, maxRetries: 0 });
const { monitors, monitorGroups, pools, previews, regions, searches } = client.loadBalancers;
const balancers = client.loadBalancers;
const account = { account_id };
const zone = { zone_id };

/** The SDK's error as values. */
async function failure(call) {
  try {
    return { unexpected: await call() };
  } catch (error) {
    const first = error.errors?.[0];
    return { class: error.constructor.name, status: error.status, code: first?.code, message: first?.message, pointer: first?.source?.pointer };
  }
}

/** All items of the SDK's auto-pager. */
async function all(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

function pick(object, ...names) {
  return Object.fromEntries(names.map((name) => [name, object[name] ?? null]));
}

/** Ids differ from run to run. */
function names(ids) {
  return (items) => items.map((item) => ids[item.resource_id ?? item.id] ?? 'unknown').sort();
}

const groups = {
  async token() {
    const other = new Cloudflare({ baseURL, apiToken: 'guess', maxRetries: 0 });
    const keyed = new Cloudflare({ baseURL, apiToken: null, apiEmail: 'admin@example.com', apiKey: apiToken, maxRetries: 0 });
    const wrongKey = new Cloudflare({ baseURL, apiToken: null, apiEmail: 'admin@example.com', apiKey: 'guess', maxRetries: 0 });
    return {
      status: (await client.user.tokens.verify()).status,
      byKey: (await keyed.user.tokens.verify()).status,
      wrong: pick(await failure(() => other.user.tokens.verify()), 'class', 'status', 'code'),
      wrongKey: pick(await failure(() => wrongKey.user.tokens.verify()), 'class', 'status', 'code'),
      otherAccount: pick(await failure(() => all(pools.list({ account_id: '0'.repeat(32) }))), 'class', 'status', 'code'),
      noAccount: pick(await failure(() => all(pools.list({ account_id: 'me' }))), 'class', 'status', 'code'),
    };
  },

  async zones() {
    const paged = await all(client.zones.list({ per_page: 5 }));
    return {
      paged: paged.map((z) => z.name),
      byName: (await all(client.zones.list({ name: 'example.com' }))).length,
      get: pick(await client.zones.get({ zone_id }), 'name', 'status'),
      other: pick(await failure(() => client.zones.get({ zone_id: '0'.repeat(32) })), 'class', 'status', 'code'),
    };
  },

  async monitors() {
    const made = await monitors.create({ ...account });
    const tcp = await monitors.create({ ...account, type: 'tcp', port: 80 });
    const edited = await monitors.edit(made.id, { ...account, timeout: 3, description: 'web' });
    const updated = await monitors.update(made.id, { ...account, interval: 10 });
    const got = await monitors.get(made.id, account);
    const listed = await all(monitors.list(account));
    const page = await client.get(`/accounts/${account_id}/load_balancers/monitors`, { query: { page: 2, per_page: 1 } });
    const result = {
      defaults: pick(made, 'type', 'method', 'path', 'interval', 'timeout', 'retries', 'port', 'consecutive_up', 'consecutive_down', 'expected_codes', 'follow_redirects', 'allow_insecure'),
      tcp: tcp.method,
      edited: pick(edited, 'timeout', 'description', 'interval'),
      updated: pick(updated, 'timeout', 'description', 'interval'),
      got: got.modified_on === updated.modified_on && got.created_on === made.created_on,
      listed: listed.length,
      page: page.result_info,
      range: await failure(() => monitors.create({ ...account, interval: 3601 })),
      noPort: await failure(() => monitors.create({ ...account, type: 'tcp' })),
      type: pick(await failure(() => monitors.create({ ...account, type: 'smtp', port: 25 })), 'code', 'pointer'),
    };
    result.deleted = [(await monitors.delete(made.id, account)).id === made.id, (await monitors.delete(tcp.id, account)).id === tcp.id];
    result.gone = pick(await failure(() => monitors.get(made.id, account)), 'class', 'status', 'code');
    return result;
  },

  async monitorGroups() {
    const [a, b] = [await monitors.create({ ...account, description: 'a' }), await monitors.create({ ...account, description: 'b' })];
    const member = (id, more) => ({ monitor_id: id, enabled: true, monitoring_only: false, must_be_healthy: false, ...more });
    const made = await monitorGroups.create({ ...account, description: 'g', members: [member(a.id, { must_be_healthy: true })] });
    const edited = await monitorGroups.edit(made.id, { ...account, description: 'h', members: [member(a.id), member(b.id, { monitoring_only: true })] });
    const updated = await monitorGroups.update(made.id, { ...account, description: 'i', members: [member(b.id)] });
    const pool = await pools.create({ ...account, name: 'grouped', monitor_group: made.id, origins: [{ name: 'o', address, port: Number(port) }] });
    const ids = { [a.id]: 'a', [b.id]: 'b', [made.id]: 'group', [pool.id]: 'pool' };
    const result = {
      made: [made.description, made.members.map((m) => pick(m, 'enabled', 'monitoring_only', 'must_be_healthy'))],
      edited: [edited.description, edited.members.map((m) => [ids[m.monitor_id], m.monitoring_only])],
      updated: [updated.description, updated.members.map((m) => ids[m.monitor_id])],
      got: (await monitorGroups.get(made.id, account)).description,
      listed: (await all(monitorGroups.list(account))).length,
      pool: pick(pool, 'monitor', 'monitor_group').monitor_group === made.id,
      references: names(ids)(await all(monitorGroups.references.get(made.id, account))),
      monitorReferences: names(ids)(await all(monitors.references.get(b.id, account))),
      inUse: pick(await failure(() => monitorGroups.delete(made.id, account)), 'status', 'code', 'message'),
      both: pick(await failure(() => pools.edit(pool.id, { ...account, monitor: a.id })), 'status', 'code', 'pointer'),
    };
    await pools.delete(pool.id, account);
    result.deleted = (await monitorGroups.delete(made.id, account)).id === made.id;
    for (const m of [a, b]) await monitors.delete(m.id, account);
    return result;
  },

  async pools() {
    const monitor = await monitors.create({ ...account });
    const origins = [{ name: 'z', address }, { name: 'a', address, port: Number(port) }];
    const made = await pools.create({ ...account, name: 'hot', origins });
    const edited = await pools.edit(made.id, { ...account, monitor: monitor.id, minimum_origins: 2 });
    const updated = await pools.update(made.id, { ...account, name: 'hot2', origins: origins.slice(1), monitor: monitor.id, latitude: 50, longitude: 8 });
    const balancer = await balancers.create({ ...zone, name: 'pools.yourcompany.com', default_pools: [made.id], fallback_pool: made.id });
    const ids = { [monitor.id]: 'monitor', [made.id]: 'pool', [balancer.id]: 'balancer' };
    const first = await pools.create({ ...account, name: 'first', origins });
    const result = {
      defaults: pick(made, 'description', 'enabled', 'minimum_origins', 'monitor', 'monitor_group', 'check_regions', 'origin_steering', 'load_shedding', 'notification_email'),
      origins: made.origins.map((o) => pick(o, 'name', 'weight', 'enabled', 'flatten_cname')),
      ports: made.origins.map((o) => o.port === Number(port)),
      edited: pick(edited, 'name', 'minimum_origins'),
      updated: pick(updated, 'name', 'minimum_origins', 'latitude', 'longitude'),
      got: (await pools.get(made.id, account)).name,
      byMonitor: [(await all(pools.list({ ...account, monitor: monitor.id }))).length, (await all(pools.list({ ...account, monitor: '0' }))).length],
      bulk: (await all(pools.bulkEdit({ ...account, notification_email: '' }))).map((p) => p.name),
      bulkOther: pick(await failure(() => all(pools.bulkEdit({ ...account, notification_email: 'me@example.com' }))), 'status', 'code', 'pointer'),
      references: names(ids)(await all(pools.references.get(made.id, account))),
      taken: pick(await failure(() => pools.create({ ...account, name: 'hot2', origins })), 'class', 'status', 'code', 'message'),
      refused: await failure(() => pools.edit(made.id, { ...account, origin_steering: { policy: 'least_connections' } })),
      inUse: await failure(() => pools.delete(made.id, account)),
      health: Object.values((await pools.health.get(made.id, account)).pop_health)[0].origins.map((o) => Object.keys(o)),
    };
    await balancers.delete(balancer.id, zone);
    await pools.delete(first.id, account);
    result.deleted = (await pools.delete(made.id, account)).id === made.id;
    await monitors.delete(monitor.id, account);
    return result;
  },

  async previews() {
    const monitor = await monitors.create({ ...account, expected_codes: '200' });
    const pool = await pools.create({ ...account, name: 'tried', monitor: monitor.id, origins: [{ name: 'o', address, port: Number(port) }] });
    const seen = async (preview) => {
      const health = (await previews.get(preview.preview_id, account))[pool.id];
      return { pools: Object.values(preview.pools), healthy: health.healthy, origin: pick(health.origins[0][address], 'healthy', 'failure_reason', 'response_code') };
    };
    const result = {
      pool: await seen(await pools.health.create(pool.id, { ...account, expected_codes: '404' })),
      monitor: await seen(await monitors.previews.create(monitor.id, account)),
      invalid: pick(await failure(() => pools.health.create(pool.id, { ...account, timeout: 99 })), 'status', 'code', 'pointer'),
      unknown: pick(await failure(() => previews.get('0'.repeat(32), account)), 'class', 'status', 'code'),
    };
    await pools.delete(pool.id, account);
    await monitors.delete(monitor.id, account);
    return result;
  },

  async loadBalancers() {
    const pool = await pools.create({ ...account, name: 'served', origins: [{ name: 'o', address }] });
    const made = await balancers.create({ ...zone, name: 'api.yourcompany.com', default_pools: [pool.id], fallback_pool: pool.id });
    const edited = await balancers.edit(made.id, { ...zone, ttl: 60 });
    const updated = await balancers.update(made.id, { ...zone, name: made.name, default_pools: [pool.id], fallback_pool: pool.id, description: 'd' });
    const refuse = async (fields) => pick(await failure(() => balancers.edit(made.id, { ...zone, ...fields })), 'status', 'code', 'pointer');
    const result = {
      defaults: pick(made, 'enabled', 'proxied', 'ttl', 'steering_policy', 'session_affinity', 'zone_name', 'adaptive_routing', 'location_strategy', 'random_steering', 'region_pools', 'rules'),
      edited: pick(edited, 'ttl', 'name'),
      updated: pick(updated, 'ttl', 'description'),
      sentBack: (await balancers.update(made.id, { ...zone, ...(await balancers.get(made.id, zone)) })).name,
      listed: (await all(balancers.list(zone))).map((b) => b.name),
      refused: [
        await refuse({ proxied: true }),
        await refuse({ steering_policy: 'geo' }),
        await refuse({ session_affinity: 'cookie' }),
        await refuse({ adaptive_routing: { failover_across_pools: true } }),
        await refuse({ location_strategy: { mode: 'resolver_ip' } }),
        await refuse({ region_pools: { WEU: [pool.id] } }),
        await refuse({ session_affinity_attributes: { zero_downtime_failover: 'temporary' } }),
        await refuse({ rules: [{ name: 'r' }] }),
      ],
      message: (await failure(() => balancers.edit(made.id, { ...zone, rules: [{ name: 'r' }] }))).message,
    };
    result.deleted = (await balancers.delete(made.id, zone)).id === made.id;
    await pools.delete(pool.id, account);
    return result;
  },

  async search() {
    const monitor = await monitors.create({ ...account, description: 'found by words' });
    const pool = await pools.create({ ...account, name: 'found', monitor: monitor.id, origins: [{ name: 'o', address }] });
    const ids = { [monitor.id]: 'monitor', [pool.id]: 'pool' };
    const find = async (query) => (await searches.list({ ...account, ...query })).result.resources ?? [];
    const result = {
      both: (await find({ query: 'FOUND' })).map((r) => [r.resource_type, r.resource_name]),
      none: (await find({ query: 'lost' })).length,
      byId: names(ids)(await find({ query: pool.id })),
      paged: [(await find({ query: 'found', per_page: 1 })).length, (await find({ query: 'found', per_page: 1, page: 3 })).length],
      references: (await find({ query: 'found', references: '*' })).map((r) => r.references.map((f) => [f.reference_type, ids[f.resource_id]])),
      referrals: (await find({ query: 'found', references: 'referral' })).map((r) => r.references.length),
      invalid: pick(await failure(() => find({ references: 'all' })), 'status', 'code', 'pointer'),
    };
    await pools.delete(pool.id, account);
    await monitors.delete(monitor.id, account);
    return result;
  },

  async regions() {
    return {
      listed: (await regions.list(account)).regions.map((r) => r.region_code),
      one: await regions.get('WEU', account),
      unknown: pick(await failure(() => regions.get('MOON', account)), 'class', 'status', 'code'),
      country: pick(await failure(() => regions.list({ ...account, country_code_a2: 'DE' })), 'status', 'code', 'pointer'),
    };
  },

  // The SDK has no method for this path; its client sends and reads any.
  async events() {
    const path = '/user/load_balancing_analytics/events';
    const { result, success, result_info } = await client.get(path, { query: { since: '2020-01-01T00:00:00Z', per_page: 50 } });
    return {
      success,
      page: pick(result_info, 'page', 'per_page'),
      downWithAnOrigin: result.some((e) => e.pool.name && !e.pool.healthy && e.pool.changed && e.origins[0].failure_reason && e.id && e.timestamp),
      onlyHealthy: (await client.get(path, { query: { pool_healthy: true } })).result.every((e) => e.pool.healthy),
      tomorrow: (await client.get(path, { query: { since: '2999-01-01T00:00:00Z' } })).result.length,
      invalid: pick(await failure(() => client.get(path, { query: { pool_healthy: 'perhaps' } })), 'class', 'status', 'code', 'pointer'),
    };
  },
};

const results = {};
for (const [name, run] of Object.entries(groups)) {
  try {
    results[name] = await run();
  } catch (error) {
    results[name] = { thrown: String(error.stack ?? error) };
  }
}

console.log(JSON.stringify(results));
