// Counts the words and vowels of a text, in Node without a package.
const fs = require('fs');
const http = require('http');

const invocation = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/`;
const agent = new http.Agent({keepAlive: true, maxSockets: 1});

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(invocation + path, {method, agent}, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece) => text += piece);
      answer.on('end', () => resolve({headers: answer.headers, text}));
      answer.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function count(event) {
  const name = event.texts[0];
  const text = fs.readFileSync(`texts/${name}`, 'utf8');
  return {text: name, words: text.match(/\S+/g).length, vowels: text.match(/[aeiou]/gi).length};
}

async function main() {
  for (;;) {
    const {headers, text} = await call('GET', 'next');
    const id = headers['lambda-runtime-aws-request-id'];
    let answer;
    try {
      answer = ['response', count(JSON.parse(text))];
    } catch (problem) {
      answer = ['error', {errorType: problem.name, errorMessage: problem.message}];
    }
    await call('POST', `${id}/${answer[0]}`, JSON.stringify(answer[1]));
  }
}

main().catch((problem) => {
  console.error(problem.message);
  process.exit(1);
});
