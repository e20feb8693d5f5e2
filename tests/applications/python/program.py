# Cache-aside as a program: stalemate writes a request a line, this answers a line.
import json, os, sys
import psycopg2, redis

database = psycopg2.connect(os.environ['DATABASE_URL'])
database.autocommit = True
rows = database.cursor()
cache = redis.Redis.from_url(os.environ['REDIS_URL'])
for line in sys.stdin:
    request, answer = json.loads(line), {}
    if 'create' in request:
        rows.execute('insert into products (id, quantity) values (%s, %s)', (request['create'], request['value']))
    elif 'write' in request:
        rows.execute('update products set quantity = %s where id = %s', (request['value'], request['write']))
        cache.delete('product:' + request['write'])
    else:
        value = cache.get('product:' + request['read'])
        if value is None:
            rows.execute('select quantity from products where id = %s', (request['read'],))
            value = rows.fetchone()[0]
            cache.set('product:' + request['read'], value)
        answer['value'] = int(value)
    print(json.dumps(answer), flush=True)
