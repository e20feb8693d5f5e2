// cache-manager with @keyv/redis: wrap() for reads, del() after writes, as its README shows.
import KeyvRedis from '@keyv/redis';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { create, select, update } from './products.mjs';
import { serve } from './service.mjs';

const store = new Keyv({ store: new KeyvRedis(process.env.REDIS_URL) });
store.on('error', (error) => console.error('cache:', error.message));
const cache = createCache({ stores: [store], ttl: 600_000 });

const read = (id) => cache.wrap(`product:${id}`, () => select(id));

async function write(id, quantity) {
  await update(id, quantity);
  await cache.del(`product:${id}`);
}

serve({ create, read, write });
