"""How much a mail may ask for."""

DEPTH = 20  # multiparts within multiparts
PARTS = 500
HEAD_BYTES = 64 * 1024  # of the mail, and of each of its parts
TEXT_CHARACTERS = 1_000_000  # of plain text, and as much again of text out of HTML
TABLES = 5  # attached tables whose rows may be answers
TABLE_CHARACTERS = 200_000
HTML_BYTES = 4_000_000
HTML_SECONDS = 2.0  # of processor time; a megabyte of honest HTML takes about half of one
OUTPUT_BYTES = 32 * 1024 * 1024  # JSON writes a Korean letter in six bytes
REFERENCES = 20
ID_CHARACTERS = 990
SUBJECT_CHARACTERS = 2_000
NAME_CHARACTERS = 150
REPORTED_RECIPIENTS = 50  # of one delivery report
REPORT_BLOCKS = 200
DIAGNOSTIC_CHARACTERS = 500
PARAMETER_BYTES = 8 * 1024


class LimitExceeded(Exception):
    """The mail asks for more than any honest one does. `code` says of what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
