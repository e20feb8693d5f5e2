// Versioned tombstones: a write leaves its version in the cache, and a fill with a lower one is refused.
import Redis from 'ioredis';
import { create, pool } from './products.mjs';
import { serve } from './service.mjs';

const redis = new Redis(process.env.REDIS_URL);
redis.on('error', (error) => console.error('cache:', error.message));
// An entry is a hash of version and quantity; a tombstone has no quantity.
redis.defineCommand('put', {
  numberOfKeys: 1,
  lua: `local held = tonumber(redis.call('HGET', KEYS[1], 'version') or '-1')
        if tonumber(ARGV[1]) < held then return 0 end
        if ARGV[2] == '' then
          if tonumber(ARGV[1]) == held then return 0 end
          redis.call('HDEL', KEYS[1], 'quantity')
          redis.call('HSET', KEYS[1], 'version', ARGV[1])
        else
          redis.call('HSET', KEYS[1], 'version', ARGV[1], 'quantity', ARGV[2])
        end
        return 1`,
});

async function read(id) {
  const cached = await redis.hget(`product:${id}`, 'quantity');
  if (cached !== null) return cached;
  const row = (await pool.query('select quantity, version from products where id = $1', [id])).rows[0];
  if (row) await redis.put(`product:${id}`, row.version, row.quantity);
  return row?.quantity;
}

async function write(id, quantity) {
  const row = (await pool.query(
    'update products set quantity = $2, version = version + 1 where id = $1 returning version', [id, quantity])).rows[0];
  await redis.put(`product:${id}`, row.version, '');
}

serve({ create, read, write });
