"""What every test may use."""

import signal

pytest_plugins = ["tests.articles", "tests.servers.fixtures"]

# A shell that starts the tests in the background has SIGINT ignored, and every process they start would be
# deaf to Ctrl-C, too.
signal.signal(signal.SIGINT, signal.default_int_handler)
