// Dynalite on a free loopback port, which it prints; ends when its standard input does.
const server = require('dynalite')({ createTableMs: 0, deleteTableMs: 0 })
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
