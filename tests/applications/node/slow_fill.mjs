// Cache-aside whose reader works for a while between its row and its entry, as one that renders a page does.
import { setTimeout as pause } from 'node:timers/promises';
import Redis from 'ioredis';
import { create, select, update } from './products.mjs';
import { serve } from './service.mjs';

const redis = new Redis(process.env.REDIS_URL);
redis.on('error', (error) => console.error('cache:', error.message));

async function read(id) {
  const cached = await redis.get(`product:${id}`);
  if (cached !== null) return cached;
  const quantity = await select(id);
  await pause(30);
  if (quantity !== undefined) await redis.set(`product:${id}`, quantity, 'EX', 600);
  return quantity;
}

async function write(id, quantity) {
  await update(id, quantity);
  await redis.del(`product:${id}`);
}

serve({ create, read, write });
