// As invoke_with_boto3.py, with the client of AWS for JavaScript. Usage: URL
const {GetFunctionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand} = require('@aws-sdk/client-lambda');

const calls = require('./calls.json');

const client = new LambdaClient({
  endpoint: process.argv[2],
  region: 'us-east-1',
  maxAttempts: 1,
});

async function call({of, event, type}) {
  const answer = await client.send(
      new InvokeCommand({FunctionName: of, InvocationType: type, Payload: JSON.stringify(event)}));
  const body = answer.Payload ? Buffer.from(answer.Payload).toString() : '';
  return {status: answer.StatusCode, error: answer.FunctionError ?? null, body: body ? JSON.parse(body) : null};
}

async function main() {
  const told = {};
  for (const [name, one] of Object.entries(calls)) told[name] = await call(one);
  const listed = await client.send(new ListFunctionsCommand({}));
  told.names = listed.Functions.map((one) => one.FunctionName).sort();
  told.timeout = (await client.send(new GetFunctionCommand({FunctionName: 'work'}))).Configuration.Timeout;
  told.unknown = await call({of: 'nobody', event: {}}).catch((error) => error.name);
  console.log(JSON.stringify(told));
}

main();
