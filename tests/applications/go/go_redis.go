// Cache-aside with go-redis and lib/pq: Get, and Set where there is nothing, for reads; Del after writes.
package main

import (
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	_ "github.com/lib/pq"
	"gopkg.in/redis.v5"
)

type product struct{ ID, Quantity int }

var rows *sql.DB
var cache *redis.Client

func read(id string) (quantity int, err error) {
	cached, err := cache.Get("product:" + id).Int64()
	if err != redis.Nil {
		return int(cached), err
	}
	if err = rows.QueryRow("select quantity from products where id = $1", id).Scan(&quantity); err == nil {
		err = cache.Set("product:"+id, quantity, 0).Err()
	}
	return quantity, err
}

func products(w http.ResponseWriter, r *http.Request) {
	id, given, err := strings.TrimPrefix(r.URL.Path, "/products/"), product{}, error(nil)
	if r.Method != "GET" {
		err = json.NewDecoder(r.Body).Decode(&given)
	}
	if r.Method == "POST" && err == nil {
		_, err = rows.Exec("insert into products (id, quantity) values ($1, $2)", given.ID, given.Quantity)
	} else if r.Method == "PUT" && err == nil {
		if _, err = rows.Exec("update products set quantity = $1 where id = $2", given.Quantity, id); err == nil {
			err = cache.Del("product:" + id).Err()
		}
	} else if err == nil {
		given.Quantity, err = read(id)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	} else {
		json.NewEncoder(w).Encode(map[string]int{"quantity": given.Quantity})
	}
}

func main() {
	rows, _ = sql.Open("postgres", os.Getenv("DATABASE_URL")+"?sslmode=disable")
	options, _ := redis.ParseURL(os.Getenv("REDIS_URL"))
	cache = redis.NewClient(options)
	http.HandleFunc("/", products)
	http.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
