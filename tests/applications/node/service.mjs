// The web part of every service here: a product's quantity is made, read and written.
import { createServer } from 'node:http';

const body = async (request) => {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text);
};

/** create(id, quantity), read(id) and write(id, quantity) are the service; read gives undefined where there is none. */
export function serve({ create, read, write }) {
  createServer(async (request, response) => {
    const answer = (status, value) => response.writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(value));
    try {
      const id = Number(request.url.split('/')[2]);
      if (request.url === '/health') return answer(200, {});
      if (request.method === 'POST') {
        const product = await body(request);
        await create(product.id, product.quantity);
        return answer(201, {});
      }
      if (request.method === 'PUT') {
        await write(id, (await body(request)).quantity);
        return answer(200, {});
      }
      const quantity = await read(id);
      return quantity === undefined ? answer(404, {}) : answer(200, { id, quantity: Number(quantity) });
    } catch (error) {
      return answer(500, { error: String(error) });
    }
  }).listen(process.env.PORT, '127.0.0.1');
}
