// typeorm's query cache in Redis: reads with `cache`, and the entry removed by its id after a write.
import { DataSource, EntitySchema } from 'typeorm';
import { serve } from './service.mjs';

const url = new URL(process.env.REDIS_URL);
const Product = new EntitySchema({
  name: 'Product',
  tableName: 'products',
  columns: { id: { type: 'bigint', primary: true }, quantity: { type: 'bigint' } },
});
const source = await new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [Product],
  cache: {
    type: 'ioredis',
    options: { host: url.hostname, port: Number(url.port), password: decodeURIComponent(url.password) },
    duration: 600_000,
  },
}).initialize();
const products = source.getRepository(Product);

const create = (id, quantity) => products.insert({ id, quantity });
const read = async (id) =>
  (await products.findOne({ where: { id }, cache: { id: `product:${id}`, milliseconds: 600_000 } }))?.quantity;

async function write(id, quantity) {
  await products.update({ id }, { quantity });
  await source.queryResultCache.remove([`product:${id}`]);
}

serve({ create, read, write });
