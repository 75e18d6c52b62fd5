"""Where returns live. The only place that knows SQL; a store is a URL (SQLite now, any SQLAlchemy URL by design)."""

from analysis.store.engine import WrongSchema, WrongStates
from analysis.store.store import Store, open_store
from analysis.store.writing import Stored

__all__ = ["Store", "Stored", "WrongSchema", "WrongStates", "open_store"]
