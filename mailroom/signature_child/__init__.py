"""Verifies the signatures of one hostile mail, run by `mailroom.authenticating` as the parsing child is.

It may use a library, and still sees no network: keys are looked up on our side and handed in.
"""
