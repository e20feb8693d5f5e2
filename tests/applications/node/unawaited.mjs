// Cache-aside that answers its client without waiting for the cache.
import Redis from 'ioredis';
import { create, select, update } from './products.mjs';
import { serve } from './service.mjs';

const redis = new Redis(process.env.REDIS_URL);
redis.on('error', (error) => console.error('cache:', error.message));
const in_background = (promise) => promise.catch((error) => console.error('cache:', error.message));

async function read(id) {
  const cached = await redis.get(`product:${id}`);
  if (cached !== null) return cached;
  const quantity = await select(id);
  if (quantity !== undefined) in_background(redis.set(`product:${id}`, quantity, 'EX', 600));
  return quantity;
}

async function write(id, quantity) {
  await update(id, quantity);
  in_background(redis.del(`product:${id}`));
}

serve({ create, read, write });
