"""The database's clock, set for the post office.

Everything that it decides by time compares a stored moment with the database's now. To set that clock ahead is
therefore to move every stored moment back, and the other way round; nobody can tell the difference.
"""

from tests import servers

COLUMNS = """
    SELECT quote_ident(c.table_name), quote_ident(c.column_name)
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name LIKE 'mailroom%'
      AND c.data_type = 'timestamp with time zone'
"""


def set_clock(ahead: float) -> None:
    """Set the database's clock ahead by so many seconds, or back by a negative number, in one moment."""
    with servers.connect(servers.owner_url("default")) as cursor:
        cursor.execute(COLUMNS)
        tables: dict[str, list[str]] = {}
        for table, column in cursor.fetchall():
            tables.setdefault(table, []).append(column)
        steps = []
        for table, columns in tables.items():
            moved = ", ".join(f"{column} = {column} - make_interval(secs => {ahead})" for column in columns)
            steps.append(f"UPDATE {table} SET {moved}")
        cursor.execute(f"BEGIN; LOCK TABLE {', '.join(sorted(tables))}; {'; '.join(steps)}; COMMIT")
