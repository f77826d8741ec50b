"""See __init__.py."""

import collections

import boto3


class Processor:
    DEFAULT_CONFIG = {}

    def __init__(self, custom_config=None, **_):
        self.config = {**self.DEFAULT_CONFIG, **(custom_config or {})}
        self.stats = collections.defaultdict(int)
        self.result = {}
        for name in self.config.get("init_clients", []):
            setattr(self, f"{name}_client", boto3.client(name))

    def __call__(self, event, reset_result=True):
        self.stats["processor_calls"] += 1
        if reset_result:
            self.result = {}

    def get_stats(self):
        return dict(self.stats)

    def reset_stats(self):
        self.stats.clear()


class LambdaGlobals:
    processor = None
    lambda_context = None


def get_lambda_handler(processor_class, global_vars, custom_config=None):
    def lambda_handler(event, context):
        global_vars.lambda_context = context
        if global_vars.processor is None:
            global_vars.processor = processor_class(custom_config=custom_config)
        returned = global_vars.processor(event)
        global_vars.processor.reset_stats()
        return returned

    return lambda_handler
