"""Tables -> plotly figures, one file a family. A chart never computes a score and never knows where a table came from."""
