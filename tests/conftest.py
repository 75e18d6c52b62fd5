"""What holds for all tests: properties are checked without a clock, for a busy machine would fail them by its own slowness."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
