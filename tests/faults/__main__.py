"""`python -m tests.faults [SCENARIO…]`: Django first, then what needs it."""

import importlib
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
sys.exit(importlib.import_module("tests.faults.run").main(sys.argv[1:]))
