"""What each format of spreadsheet is looked at for before a reader library sees it, and how it becomes plain sheets.

`package` opens the zip within bounds; `ooxml`, `xlsb`, `ods` and `xls` look at the cells; `protected` opens passwords; `book.open_book`
is the door to all of them.
"""
