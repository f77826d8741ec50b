// As invoke_with_boto3.py, with the client of AWS for JavaScript. Usage: URL
const {GetFunctionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand} = require('@aws-sdk/client-lambda');

const client = new LambdaClient({
  endpoint: process.argv[2],
  region: 'us-east-1',
  credentials: {accessKeyId: 'any', secretAccessKey: 'any'},
  maxAttempts: 1,
});

async function call(name, event, kind = 'RequestResponse') {
  const answer =
      await client.send(new InvokeCommand({FunctionName: name, InvocationType: kind, Payload: JSON.stringify(event)}));
  const body = answer.Payload ? Buffer.from(answer.Payload).toString() : '';
  return {status: answer.StatusCode, error: answer.FunctionError ?? null, body: body ? JSON.parse(body) : null};
}

async function main() {
  const listed = await client.send(new ListFunctionsCommand({}));
  const described = await client.send(new GetFunctionCommand({FunctionName: 'work'}));
  console.log(JSON.stringify({
    result: await call('work', {say: 'hello'}),
    failure: await call('work', {do: 'fail'}),
    event: await call('work', {say: 'later'}, 'Event'),
    dry_run: await call('work', {say: 'never'}, 'DryRun'),
    by_arn: await call('arn:aws:lambda:us-east-1:000000000000:function:work', {say: 'arn'}),
    job: await call('sosw_scheduler', {lambda_name: 'work', isolate_items: true, items: [1, 2, 3]}),
    bad_job: await call('sosw_scheduler', {lambda_name: 'nobody'}),
    report: await call('sosw_worker_assistant', {action: 'mark_task_as_completed', task_id: '0'.repeat(32)}),
    names: listed.Functions.map((one) => one.FunctionName).sort(),
    timeout: described.Configuration.Timeout,
    unknown: await call('nobody', {}).catch((error) => error.name),
  }));
}

main();
