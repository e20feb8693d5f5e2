// bentocache with two tiers, memory and Redis, and its bus: getOrSet() for reads, delete() after writes.
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { create, select, update } from './products.mjs';
import { serve } from './service.mjs';

const url = new URL(process.env.REDIS_URL);
const connection = { host: url.hostname, port: Number(url.port), password: decodeURIComponent(url.password) };
const bento = new BentoCache({
  default: 'products',
  stores: {
    products: bentostore()
      .useL1Layer(memoryDriver({ maxItems: 10_000 }))
      .useL2Layer(redisDriver({ connection }))
      .useBus(redisBusDriver({ connection })),
  },
});

const read = (id) => bento.getOrSet({ key: `product:${id}`, ttl: '10m', factory: () => select(id) });

async function write(id, quantity) {
  await update(id, quantity);
  await bento.delete({ key: `product:${id}` });
}

serve({ create, read, write });
