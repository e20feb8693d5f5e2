create table products (id bigint primary key, quantity bigint not null, version bigint not null default 0);
