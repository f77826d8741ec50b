"""Starts the real engine in a folder of its own. SOSW_PROGRAM names it; without it the tests are skipped."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parent
CLIENT = TESTS.parents[2] / "clients" / "python"
sys.path.insert(0, str(CLIENT))

CONFIG = """
labourers:
{labourers}
job_schema_variants:
  default: {{chunkable_attrs: [[item, {{}}]]}}
"""


class EngineTest(unittest.TestCase):
    """A test with an engine whose labourers are `labourers`: {id: lines of sosw.yaml}."""

    labourers = {}
    environment = {}

    def setUp(self):
        if "SOSW_PROGRAM" not in os.environ:
            self.skipTest("SOSW_PROGRAM does not name the program; run it by ctest")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sosw_client_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        lines = [f"  {name}:\n" + "".join(f"    {line}\n" for line in keys) for name, keys in self.labourers.items()]
        (self.folder / "sosw.yaml").write_text(CONFIG.format(labourers="".join(lines)))
        self.process = None
        self.start("127.0.0.1:0")
        self.addCleanup(lambda: self.end(signal.SIGKILL))

    def start(self, listen):
        environment = {**os.environ, "PYTHONPATH": str(CLIENT), "PYTHONDONTWRITEBYTECODE": "1", **self.environment}
        self.process = subprocess.Popen([os.environ["SOSW_PROGRAM"], "up", "--listen", listen], cwd=self.folder,
                                        env=environment, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.said = []
        for line in self.process.stderr:
            self.said.append(line)
            match = re.search(r"up on (http://[0-9.:]+),", line)
            if match:
                break
        else:
            self.fail("the engine did not start: " + "".join(self.said))
        self.url = match[1]
        self.reader = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()
        self.process.stderr.close()
        self.reader.wait()
