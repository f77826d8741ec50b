// Dynalite on a free loopback port, which it prints; ends when its standard input does. It knows no transactions, so
// those are played here: as conditional writes that are undone when one of them is refused, while nothing else runs.
// POST /_control/reset empties it.
const http = require('http')
const dynalite = require('dynalite')

const agent = new http.Agent({ keepAlive: true })
const done = new Map() // transactions that happened, by token
let inner = null

const begin = async () => {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  if (inner) inner.close()
  inner = server
  done.clear()
}

const send = (headers, body) => new Promise((resolve, reject) => {
  const options = { host: '127.0.0.1', port: inner.address().port, method: 'POST', path: '/', headers, agent }
  const request = http.request(options, answer => {
    const parts = []
    answer.on('data', part => parts.push(part))
    answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }))
  })
  request.on('error', reject)
  request.end(body)
})

const call = async (headers, operation, parameters) => {
  const body = Buffer.from(JSON.stringify(parameters))
  const more = { 'x-amz-target': 'DynamoDB_20120810.' + operation, 'content-length': body.length }
  const answer = await send({ ...headers, ...more }, body)
  return { ok: answer.status === 200, body: JSON.parse(answer.body) }
}

const answerOf = (status, content) =>
  ({ status, body: Buffer.from(JSON.stringify(content)), headers: { 'content-type': 'application/x-amz-json-1.0' } })

const keyOf = async (headers, table, item) => {
  const { body } = await call(headers, 'DescribeTable', { TableName: table })
  return Object.fromEntries(body.Table.KeySchema.map(({ AttributeName: name }) => [name, item[name]]))
}

// The operation that does a write of a transaction, and tells what was there before.
const writeOf = (kind, write) => {
  if (kind === 'ConditionCheck') throw new Error('checks are not played')
  return [kind + 'Item', { ...write, ReturnValues: 'ALL_OLD', ReturnValuesOnConditionCheckFailure: undefined }]
}

const transact = async (headers, { TransactItems: items, ClientRequestToken: token }) => {
  if (done.has(token)) return answerOf(200, {})
  const undo = []
  for (const entry of items) {
    const [[kind, write]] = Object.entries(entry)
    const key = write.Key || await keyOf(headers, write.TableName, write.Item)
    const result = await call(headers, ...writeOf(kind, write))
    if (result.ok) {
      const before = result.body.Attributes
      undo.push(before ? ['PutItem', { TableName: write.TableName, Item: before }]
        : ['DeleteItem', { TableName: write.TableName, Key: key }])
      continue
    }
    for (const step of undo.reverse()) await call(headers, ...step)
    if (!result.body.__type.endsWith('ConditionalCheckFailedException')) return answerOf(400, result.body)
    const reasons = items.map(other => ({ Code: other === entry ? 'ConditionalCheckFailed' : 'None' }))
    const type = 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException'
    return answerOf(400, { __type: type, message: 'Transaction cancelled', CancellationReasons: reasons })
  }
  done.set(token, true)
  return answerOf(200, {})
}

// Dynalite does not show the item that was in the way of a condition.
const write = async (headers, body) => {
  const answer = await send(headers, body)
  const { TableName, Key, Item, ReturnValuesOnConditionCheckFailure: wanted } = JSON.parse(body)
  if (wanted !== 'ALL_OLD' || answer.status === 200) return answer
  const error = JSON.parse(answer.body)
  if (!error.__type.endsWith('ConditionalCheckFailedException')) return answer
  const key = Key || await keyOf(headers, TableName, Item)
  const there = await call(headers, 'GetItem', { TableName, Key: key, ConsistentRead: true })
  return answerOf(400, { ...error, Item: there.body.Item })
}

const handle = async (request, body) => {
  if (request.url === '/_control/reset') return begin().then(() => answerOf(200, {}))
  const headers = { ...request.headers }
  delete headers.connection
  if ((headers['x-amz-target'] || '').endsWith('.TransactWriteItems')) return transact(headers, JSON.parse(body))
  return /[.](Put|Update|Delete)Item$/.test(headers['x-amz-target']) ? write(headers, body) : send(headers, body)
}

let turn = Promise.resolve() // one request after the other
const outer = http.createServer((request, response) => {
  const parts = []
  request.on('data', part => parts.push(part))
  request.on('end', () => {
    turn = turn.then(async () => {
      const { status, headers, body } = await handle(request, Buffer.concat(parts))
      const kept = Object.entries(headers).filter(([name]) => name.startsWith('x-amz') || name === 'content-type')
      response.writeHead(status, { ...Object.fromEntries(kept), 'content-length': body.length })
      response.end(body)
    }).catch(error => response.writeHead(500).end(String(error)))
  })
})

begin().then(() => outer.listen(0, '127.0.0.1', () => console.log(outer.address().port)))
process.stdin.on('end', () => process.exit(0)).resume()
