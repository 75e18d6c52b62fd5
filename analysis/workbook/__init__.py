"""Excel in and out: the only place that opens a workbook.

`template.template` writes the form, `reading.read_file` is the one door for every file that comes in.
"""
