// The file that `stalemate init` writes.
#include "application/application.hpp"

namespace stalemate {

std::string_view application_file_to_start_from() {
  constexpr std::string_view text = R"toml(
# Your service: `stalemate explore` with this file's name tries every order of its calls to database and cache.
# Lines that begin with # are choices that you may take; docs/applications.md describes every key.

question = "Does our product page ever go stale?"

[application]
start = "node server.js"          # starts one instance and stays; run by /bin/sh
# folder = "service"              # where it runs: this file's folder, if left out
ready = "GET /health"             # answered as soon as it can serve; left out: as soon as it takes connections
# ready_limit = "30s"
# inherit = ["NODE_OPTIONS"]      # of your own variables an instance gets only PATH, HOME and the like
# url = ["http://127.0.0.1:3001"] # instead of start: instances that run already
# adapter = "program"             # instead of HTTP: lines of JSON on standard input and output

[application.environment]         # how an instance learns where it listens and where its stores are
PORT = "{port}"
DATABASE_URL = "{database_url}"
REDIS_URL = "{cache_url}"
# PGHOST = "{database_host}"      # in parts: host, port, user, password, name
# REDIS_HOST = "{cache_host}"     # in parts: host, port, password

[stores]                          # a PostgreSQL and a Redis of our own, gone when the program is
# database = "postgres://..."     # or yours: written to by your own requests and by prepare only
# cache = "none"                  # or "redis://..."
prepare = "psql {database_url} -f schema.sql"

[requests]
create = { request = "POST /products", body = '{"id": {key}, "quantity": {value}}' }
read = { request = "GET /products/{key}", value = "/quantity" }   # or "header:NAME", "body", "regex:EXPRESSION"
write = { request = "PUT /products/{key}", body = '{"quantity": {value}}' }
# login = { request = "POST /login", body = '{"user": "test"}', token = "/token" }
# headers = { Authorization = "Bearer {token}" }
# cookies = { tenant = "7" }
# keys = "uuids"                  # or a list; left out: numbers
# missing = 404                   # of a read: there is no such row
# ok = "2xx"
# fail = "4xx"                    # certainly not done; all other answers, and none: it may have been
# time_limit = "10s"

# Told these two, entry and row are compared directly as well.
# [entry]
# name = "product:{key}"
# value = "/quantity"

# [row]
# query = "select quantity from products where id = {key}"
)toml";
  return text.substr(1);
}

}  // namespace stalemate
