"""A worker that speaks the Lambda Runtime API with the standard library alone. Does what the event's "do" says."""
import http.client
import json
import os
import signal
import sys

ROOT = '/2018-06-01/runtime/'
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])


def call(method, path, body=None):
    api.request(method, ROOT + path, body)
    response = api.getresponse()
    return response, response.read()


def post(request_id, kind, value):
    response, body = call('POST', f'invocation/{request_id}/{kind}', json.dumps(value))
    return {'status': response.status, 'body': json.loads(body)}


def failure(kind, message):
    return {'errorType': kind, 'errorMessage': message, 'stackTrace': ['line 1']}


if os.environ['_HANDLER'] == 'no.init':
    print('importing', flush=True)
    call('POST', 'init/error', json.dumps(failure('Runtime.ImportModuleError', 'No module named no')))
    sys.exit(1)

last = {}
while True:
    response, body = call('GET', 'invocation/next')
    event = json.loads(body)
    request_id = response.headers['Lambda-Runtime-Aws-Request-Id']
    todo = event.get('do')
    if todo == 'fail':
        post(request_id, 'error', failure('ValueError', 'not today'))
    elif todo == 'say':
        print('hello from the worker')
        print('and an error', file=sys.stderr)
        sys.stdout.flush()
        post(request_id, 'response', None)
    elif todo == 'die':
        print('last words', flush=True)
        os._exit(7)
    elif todo == 'vanish':
        os._exit(7)
    elif todo == 'answer and go':
        post(request_id, 'response', None)
        sys.exit()
    elif todo == 'linger':
        post(request_id, 'response', None)
        open(event['gate']).read()  # a pipe: until somebody opens its other end
    elif todo in ('until SIGTERM', 'ignore SIGTERM'):
        deaf = todo == 'ignore SIGTERM'
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        open(event['started'], 'w').close()
        while signal.sigwait([signal.SIGTERM]) and deaf:
            pass
        post(request_id, 'response', {'heard': 'SIGTERM'})
        sys.exit()
    elif todo == 'environment':
        post(request_id, 'response', {'environment': dict(os.environ), 'headers': dict(response.headers)})
    elif todo == 'twice':
        unknown = post('00000000-0000-0000-0000-000000000000', 'response', {})
        first = post(request_id, 'response', {'n': 1})
        last = {'unknown': unknown, 'first': first, 'second': post(request_id, 'response', {'n': 2}),
                'error': post(request_id, 'error', failure('Late', 'late'))}
    elif todo == 'count':
        api.request('POST', ROOT + f"invocation/{request_id}/{event['kind']}", json.dumps(failure('E', 'e')),
                    {'X-Sosw-Stats': event['stats']})
        api.getresponse().read()
    elif todo == 'again':
        _, same = call('GET', 'invocation/next')
        post(request_id, 'response', {'same': json.loads(same) == event})
    elif todo == 'large':
        last = {'large': post(request_id, 'response', 'x' * (7 << 20))}
    elif todo == 'no json':
        call('POST', f'invocation/{request_id}/response', 'plain text')
    elif todo == 'init error':
        response, body = call('POST', 'init/error', '{}')
        post(request_id, 'response', {'status': response.status, 'body': json.loads(body)})
    elif todo == 'elsewhere':
        response, body = call('GET', 'restore/next')
        post(request_id, 'response', {'status': response.status, 'body': json.loads(body)})
    elif todo == 'last':
        post(request_id, 'response', last)
    else:
        post(request_id, 'response', {'pid': os.getpid(), 'event': event})
