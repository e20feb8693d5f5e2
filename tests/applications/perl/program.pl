# Cache-aside as a program: stalemate writes a request a line, this answers a line.
use strict;
use warnings;
use DBI;
use JSON::PP;
use Redis;

$| = 1;
my ($host, $port, $name) = @ENV{qw(PGHOST PGPORT PGDATABASE)};
my $database = DBI->connect("dbi:Pg:host=$host;port=$port;dbname=$name", @ENV{qw(PGUSER PGPASSWORD)}, { RaiseError => 1 });
my $cache = Redis->new(server => "$ENV{REDIS_HOST}:$ENV{REDIS_PORT}", password => $ENV{REDIS_PASSWORD});
while (my $line = <STDIN>) {
    my ($request, $answer) = (decode_json($line), {});
    if (my $id = $request->{create}) {
        $database->do('insert into products (id, quantity) values (?, ?)', {}, $id, $request->{value});
    } elsif ($id = $request->{write}) {
        $database->do('update products set quantity = ? where id = ?', {}, $request->{value}, $id);
        $cache->del("product:$id");
    } else {
        $id = $request->{read};
        my $value = $cache->get("product:$id");
        if (!defined $value) {
            ($value) = $database->selectrow_array('select quantity from products where id = ?', {}, $id);
            $cache->set("product:$id", $value);
        }
        $answer->{value} = 0 + $value;
    }
    print encode_json($answer), "\n";
}
