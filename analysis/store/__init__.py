"""Where returns live. The only place that knows SQL; a store is a URL: a file of SQLite or a database of PostgreSQL."""

from analysis.store.failures import StoreUnavailable
from analysis.store.opening import WrongSchema, WrongStates
from analysis.store.store import Store, open_store
from analysis.store.writing import Stored

__all__ = ["Store", "StoreUnavailable", "Stored", "WrongSchema", "WrongStates", "open_store"]
