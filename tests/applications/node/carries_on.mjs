// Cache-aside by hand that carries on without its cache: what it was to do there and could not is left undone.
import Redis from 'ioredis';
import { create, select, update } from './products.mjs';
import { serve } from './service.mjs';

const redis = new Redis(process.env.REDIS_URL, {
  autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => 10,
});
redis.on('error', (error) => console.error('cache:', error.message));
const tried = (call) => call.catch((error) => (console.error('cache:', error.message), null));

async function read(id) {
  const cached = await tried(redis.get(`product:${id}`));
  if (cached !== null) return cached;
  const quantity = await select(id);
  if (quantity !== undefined) await tried(redis.set(`product:${id}`, quantity, 'EX', 600));
  return quantity;
}

async function write(id, quantity) {
  await update(id, quantity);
  await tried(redis.del(`product:${id}`));
}

serve({ create, read, write });
