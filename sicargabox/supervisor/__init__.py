"""`manage.py up`: every part of the product on one host, started together, stopped together.

`process` is one child, `watch` the group of them; neither knows the product. `broker` is the
embedded Redis-compatible server, `parts` the list of what the product consists of, `ground` what
must be true before anything starts, and `run` puts them in order.
"""
