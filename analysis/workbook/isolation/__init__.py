"""Files from outside are read in processes of their own, which may break down, hang or grow without harm to anybody else.

`pool.Readers` holds the processes; `worker` is what runs in them; `wire`, `setting` and `results` are all that passes between. See
`docs/threat-model.md`.
"""
