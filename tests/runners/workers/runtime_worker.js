// A worker in Node with nothing but its own HTTP client.
const http = require('http');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({keepAlive: true, maxSockets: 1});

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({hostname, port, agent, method, path: '/2018-06-01/runtime/' + path}, (response) => {
      let text = '';
      response.on('data', (piece) => text += piece);
      response.on('end', () => resolve({headers: response.headers, text}));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function main() {
  for (;;) {
    const {headers, text} = await call('GET', 'invocation/next');
    const id = headers['lambda-runtime-aws-request-id'];
    const event = JSON.parse(text);
    if (event.do === 'fail')
      await call('POST', `invocation/${id}/error`, JSON.stringify({errorType: 'Error', errorMessage: 'no', stackTrace: []}));
    else
      await call('POST', `invocation/${id}/response`, JSON.stringify({doubled: event.n * 2}));
  }
}

main().catch(() => process.exit(1));
