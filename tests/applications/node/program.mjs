// Cache-aside as a program: stalemate writes a request a line, this answers a line.
import { createInterface } from 'node:readline';
import Redis from 'ioredis';
import pg from 'pg';

const database = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
const cache = new Redis(process.env.REDIS_URL);
for await (const line of createInterface({ input: process.stdin })) {
  const { create, write, read, value } = JSON.parse(line);
  const answer = {};
  if (create) {
    await database.query('insert into products (id, quantity) values ($1, $2)', [create, value]);
  } else if (write) {
    await database.query('update products set quantity = $2 where id = $1', [write, value]);
    await cache.del(`product:${write}`);
  } else {
    answer.value = Number(await cache.get(`product:${read}`) ?? NaN);
    if (Number.isNaN(answer.value)) {
      answer.value = Number((await database.query('select quantity from products where id = $1', [read])).rows[0].quantity);
      await cache.set(`product:${read}`, answer.value);
    }
  }
  console.log(JSON.stringify(answer));
}
