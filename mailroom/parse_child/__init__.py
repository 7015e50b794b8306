"""Reads one hostile mail. Standard library only, run by `mailroom.parsing` in a warm process, in a fork for each mail.

Nothing here imports Django or any other part of the project; the process sees no site-packages, no environment, no
files, and dies when it needs too much. What it writes is checked again on the other side.
"""
