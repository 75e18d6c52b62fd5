"""What is raised for a folder that is not a whole instrument."""


class InstrumentProblems(ValueError):
    """A folder that is not a whole instrument. `python -m analysis instrument check FOLDER` lists it row by row."""
