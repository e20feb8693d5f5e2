// node duckdb.mjs SQL: the rows that DuckDB answers with, as JSON; whole numbers beyond 2^53 are texts.
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create()).connect();
const answer = await connection.runAndReadAll(process.argv[2]);
console.log(JSON.stringify(answer.getRowObjectsJson()));
