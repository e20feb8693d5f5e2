// The table of products.
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
pool.on('error', (error) => console.error('database:', error.message));

export const create = (id, quantity) => pool.query('insert into products (id, quantity) values ($1, $2)', [id, quantity]);
export const select = async (id) =>
  (await pool.query('select quantity from products where id = $1', [id])).rows[0]?.quantity;
export const update = (id, quantity) => pool.query('update products set quantity = $2 where id = $1', [id, quantity]);
export { pool };
