"""Alembic starts here: one transaction, that of the caller, on the caller's connection (`analysis.store.opening`)."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():  # does nothing: the transaction is already there
    context.run_migrations()
