<?php
// Symfony's cache contract over Redis: get() with a callback for reads, delete() after writes.
require '/usr/share/php/Symfony/Component/Cache/autoload.php';

use Symfony\Component\Cache\Adapter\RedisAdapter;
use Symfony\Contracts\Cache\ItemInterface;

function database(): PDO
{
    $url = parse_url(getenv('DATABASE_URL'));
    $pdo = new PDO(
        sprintf('pgsql:host=%s;port=%d;dbname=%s', $url['host'], $url['port'], ltrim($url['path'], '/')),
        $url['user'] ?? null, urldecode($url['pass'] ?? ''),
        [PDO::ATTR_PERSISTENT => true, PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION],
    );
    return $pdo;
}

function answer(int $status, array $value): void
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode((object) $value);
}

$parts = explode('/', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$body = json_decode(file_get_contents('php://input'), true);
if ($parts[1] === 'health') {
    return answer(200, []);
}
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    database()->prepare('insert into products (id, quantity) values (?, ?)')->execute([$body['id'], $body['quantity']]);
    return answer(201, []);
}
$id = (int) $parts[2];
$cache = new RedisAdapter(RedisAdapter::createConnection(getenv('REDIS_URL'), ['persistent' => 1]));
if ($_SERVER['REQUEST_METHOD'] === 'PUT') {
    database()->prepare('update products set quantity = ? where id = ?')->execute([$body['quantity'], $id]);
    $cache->delete("product.$id");
    return answer(200, []);
}
$quantity = $cache->get("product.$id", function (ItemInterface $item) use ($id) {
    $item->expiresAfter(600);
    $select = database()->prepare('select quantity from products where id = ?');
    $select->execute([$id]);
    return $select->fetchColumn();
});
$quantity === false ? answer(404, []) : answer(200, ['quantity' => (int) $quantity]);
