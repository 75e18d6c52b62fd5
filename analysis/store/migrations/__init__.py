"""Older layouts of a store -> today's, step by step. A released step is never changed; a change of the tables brings a new one."""
