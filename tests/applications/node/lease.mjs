// Leases: a miss hands out a token, a write withdraws it, and a fill needs it.
import Redis from 'ioredis';
import { create, select, update } from './products.mjs';
import { serve } from './service.mjs';

const redis = new Redis(process.env.REDIS_URL);
redis.on('error', (error) => console.error('cache:', error.message));
redis.defineCommand('look', {
  numberOfKeys: 2,
  lua: `local entry = redis.call('GET', KEYS[1])
        if entry then return entry end
        redis.call('SET', KEYS[2], ARGV[1])
        return false`,
});
redis.defineCommand('fill', {
  numberOfKeys: 2,
  lua: `if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[2])
        redis.call('SET', KEYS[1], ARGV[2])
        return 1`,
});

async function read(id) {
  const keys = [`product:${id}`, `lease:${id}`];
  const token = `${process.pid}-${++counter}`;
  const cached = await redis.look(...keys, token);
  if (cached !== null) return cached;
  const quantity = await select(id);
  if (quantity !== undefined) await redis.fill(...keys, token, quantity);
  return quantity;
}
let counter = 0;

async function write(id, quantity) {
  await redis.del(`product:${id}`, `lease:${id}`);
  await update(id, quantity);
  await redis.del(`product:${id}`, `lease:${id}`);
}

serve({ create, read, write });
