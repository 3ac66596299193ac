"""Albums: photographs, their faces, what was decided on them, and the work that is left.

Plain Python on SQLite. `store.Album` is the whole interface; `values` are what it hands out.
Several programs may have one album open.
"""
