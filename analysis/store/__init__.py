"""Where returns live. The only place that knows SQL; nothing in it is ever changed, only added."""

from analysis.store.store import Store, Stored, open_store

__all__ = ["Store", "Stored", "open_store"]
